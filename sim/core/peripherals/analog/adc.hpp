#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"

#include <array>

namespace tinysim {

/// Analog-to-digital converter (RM0432 section 21), single-ended. It runs from HCLK or, without a
/// choice in CCR.CKMODE, as from HCLK too. Output 0 is its interrupt, output 1 its DMA request.
/// Inputs 0 to 15 are the regular group's triggers by EXTSEL, 16 to 31 the injected one's.
class Adc final : public RegisterBlock {
public:
    explicit Adc(const Site& site);

    void on_due() override;
    void input(int line, bool level) override;
    bool is_volatile(u32 offset) const override { return offset == 0x40; }
    /// What a channel measures, against 3.3 V.
    void analog_input(int channel, u32 microvolts) override;
    unsigned analog_inputs() const override { return static_cast<unsigned>(microvolts_.size()); }

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void fields(State& state) override;
    void after_reset() override { update(); }

private:
    u32 conversion_halves(unsigned channel) const;
    Cycles duration(unsigned channel, bool injected) const;
    unsigned channel_of(unsigned rank) const;
    u32 sample(unsigned channel, bool injected) const;
    void watch(unsigned channel, u32 value, bool injected);
    void begin();
    void finish_regular();
    void finish_injected();
    void update();

    bool converting_ = false, injecting_ = false;
    bool delayed_ = false;   ///< by AUTDLY
    bool dma_takes_ = false; ///< the last value: it is no overrun
    u32 rank_ = 0, rank_injected_ = 0;
    u32 in_group_ = 0; ///< of discontinuous mode
    u32 trigger_levels_ = 0;
    const Clocks& clocks_;
    std::array<u32, 19> microvolts_{};
};

} // namespace tinysim
