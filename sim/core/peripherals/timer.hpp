#pragma once

#include "registry.hpp"

#include <array>

namespace tinysim {

/// General-purpose and basic timers TIM2 to TIM7 (RM0432 sections 40 and 42): counting up,
/// update event, output compare flags and their interrupts.
class Timer final : public Peripheral {
public:
    explicit Timer(const Site& site);

    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    bool is_volatile(u32 offset) const override;
    void on_due() override;
    void before_clock_change() override { settle(); }
    void after_clock_change() override;

protected:
    void fields(State& state) override;
    void after_reset() override;
    u32 merge_base(u32 offset) override;

private:
    bool counting() const;
    u64 ticks_in(Cycles cycles) const {
        return cycles * rate_.ticks / (u64{rate_.cycles} * (u64{prescaler_} + 1));
    }
    /// From when on so many ticks have passed.
    Cycles cycles_of(u64 ticks) const {
        return (ticks * rate_.cycles * (u64{prescaler_} + 1) + rate_.ticks - 1) / rate_.ticks;
    }
    u32 count(Cycles at) const;
    Cycles reaches(u32 value) const;
    void settle();
    void update_event(bool by_software);
    void replan();

    const Clocks& clocks_;
    const u32 limit_;  ///< the largest count: 0xFFFF or 0xFFFFFFFF
    const bool basic_; ///< without channels
    Rate rate_;        ///< of the kernel clock
    u32 cr1_ = 0, cr2_ = 0, smcr_ = 0, dier_ = 0, sr_ = 0;
    u32 ccmr1_ = 0, ccmr2_ = 0, ccer_ = 0;
    u32 psc_ = 0;       ///< as written
    u32 prescaler_ = 0; ///< as it works since the last update event
    u32 arr_;           ///< as written
    u32 reload_;        ///< as it works
    std::array<u32, 4> ccr_{};
    u32 count_ = 0; ///< at `since_`
    Cycles since_ = 0;
};

} // namespace tinysim
