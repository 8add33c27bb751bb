#pragma once

#include "../snapshot.hpp"
#include "../types.hpp"

namespace tinysim {

/// The 24-bit system timer (DDI0403 B3.3). Counts down in cycles of HCLK, or of HCLK / 8.
class SysTick {
public:
    void reset() { *this = SysTick{}; }

    u32 read_control(Cycles now);
    void write_control(Cycles now, u32 value);
    u32 reload() const { return reload_; }
    void write_reload(Cycles now, u32 value);
    u32 value(Cycles now) const;
    void clear_value(Cycles now);

    /// When it next counts to 0, or `never`.
    Cycles due() const;
    /// Its clock stops, and goes on where it was.
    void stop(Cycles now) {
        settle(now);
        stopped_ = true;
    }
    void start(Cycles now) {
        since_ = now;
        stopped_ = false;
    }
    /// Counts to 0; whether the exception becomes pending.
    bool on_due();

private:
    static constexpr u32 enable = 1u << 0;
    static constexpr u32 tickint = 1u << 1;
    static constexpr u32 clksource = 1u << 2;
    static constexpr u32 countflag = 1u << 16;

    bool counting() const { return (control_ & enable) != 0 && reload_ != 0 && !stopped_; }
    Cycles tick() const { return (control_ & clksource) != 0 ? 1 : 8; }
    void settle(Cycles now);

    u32 control_ = 0;
    u32 reload_ = 0;
    u32 value_ = 0; ///< at `since_`
    bool stopped_ = false;
    Cycles since_ = 0;
};

} // namespace tinysim
