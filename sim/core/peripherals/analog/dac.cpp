#include "../register_block.hpp"
#include "../registry.hpp"

#include <array>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    cr = 0x00,
    swtrgr = 0x04,
    dhr12r1 = 0x08,
    dhr12rd = 0x20,
    dhr8rd = 0x28,
    dor1 = 0x2C,
    sr = 0x34,
};

constexpr u64 supply = 3'300'000; ///< VREF+ of the board, in microvolts
constexpr u32 cr_en = 1u << 0;
constexpr u32 cr_ten = 1u << 1;
constexpr u32 cr_dmaen = 1u << 12;
constexpr u32 software_trigger = 0;

RegisterMap registers() {
    return {
        {0x00,
         "CR",
         0,
         {{"EN1", 0},
          {"TEN1", 1},
          {"TSEL1", 5, 2},
          {"WAVE1", 7, 6, unmodelled},
          {"MAMP1", 11, 8, stored},
          {"DMAEN1", 12},
          {"DMAUDRIE1", 13, stored},
          {"CEN1", 14, stored},
          {"HFSEL", 15, stored},
          {"EN2", 16},
          {"TEN2", 17},
          {"TSEL2", 21, 18},
          {"WAVE2", 23, 22, unmodelled},
          {"MAMP2", 27, 24, stored},
          {"DMAEN2", 28},
          {"DMAUDRIE2", 29, stored},
          {"CEN2", 30, stored}}},
        {0x04, "SWTRGR", 0, {{"SWTRIG1", 0, order}, {"SWTRIG2", 1, order}}},
        {0x08, "DHR12R1", 0, modelled, 12},
        {0x0C, "DHR12L1", 0, modelled, 16},
        {0x10, "DHR8R1", 0, modelled, 8},
        {0x14, "DHR12R2", 0, modelled, 12},
        {0x18, "DHR12L2", 0, modelled, 16},
        {0x1C, "DHR8R2", 0, modelled, 8},
        {0x20, "DHR12RD"},
        {0x24, "DHR12LD"},
        {0x28, "DHR8RD", 0, modelled, 16},
        {0x2C, "DOR1", 0, status, 12},
        {0x30, "DOR2", 0, status, 12},
        {0x34,
         "SR",
         0,
         {{"DMAUDR1", 13, clear_by_1},
          {"CAL_FLAG1", 14, status},
          {"BWST1", 15, status},
          {"DMAUDR2", 29, clear_by_1},
          {"CAL_FLAG2", 30, status},
          {"BWST2", 31, status}}},
        {0x38, "CCR", 0, stored},
        {0x3C, "MCR", 0, stored},
        {0x40, "SHSR1", 0, stored},
        {0x44, "SHSR2", 0, stored},
        {0x48, "SHHR", 0x00010001, stored},
        {0x4C, "SHRR", 0x00010001, stored},
    };
}

/// Digital-to-analog converter (RM0432 section 22). Outputs: DMA requests of both channels, then
/// their voltages. Inputs are triggers by their numbers in TSEL.
class Dac final : public RegisterBlock {
public:
    explicit Dac(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}
    void input(int line, bool level) override {
        // A source may say again what its level is: only a change is an edge.
        if ((trigger_levels_ >> line & 1) == (level ? 1u : 0u))
            return;
        trigger_levels_ ^= 1u << line;
        for (unsigned channel = 0; level && channel < 2; ++channel)
            if (static_cast<int>(control(channel) >> 2 & 15) == line)
                trigger(channel);
    }

protected:
    void written(u32 offset, u32 value) override {
        if (offset == swtrgr) {
            for (unsigned channel = 0; channel < 2; ++channel)
                if ((value >> channel & 1) != 0 && (control(channel) >> 2 & 15) == software_trigger)
                    trigger(channel);
        } else if (offset >= dhr12r1 && offset < dhr12rd) {
            const u32 form = (offset - dhr12r1) / 4 % 3;
            hold((offset - dhr12r1) / 12, form == 0 ? value : form == 1 ? value >> 4 : value << 4);
        } else if (offset >= dhr12rd && offset <= dhr8rd) {
            const u32 form = (offset - dhr12rd) / 4;
            hold(0, form == 0 ? value : form == 1 ? value >> 4 : value << 4);
            hold(1, form == 0 ? value >> 16 : form == 1 ? value >> 20 : value >> 4);
        }
        show();
    }
    void after_reset() override { show(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(held_);
        state.outside(trigger_levels_);
    }

private:
    u32 control(unsigned channel) const { return at(cr) >> 16 * channel; }
    void hold(unsigned channel, u32 value) {
        held_[channel] = value & 0xFFF;
        if ((control(channel) & cr_ten) == 0)
            at(dor1 + 4 * channel) = held_[channel];
    }
    void trigger(unsigned channel) {
        if ((control(channel) & (cr_en | cr_ten)) != (cr_en | cr_ten))
            return;
        at(dor1 + 4 * channel) = held_[channel];
        show();
        if ((control(channel) & cr_dmaen) != 0) {
            drive(static_cast<int>(channel), true);
            drive(static_cast<int>(channel), false);
        }
    }
    void show() {
        for (unsigned channel = 0; channel < 2; ++channel)
            if ((control(channel) & cr_en) != 0)
                drive_analog(2 + static_cast<int>(channel),
                             static_cast<u32>(at(dor1 + 4 * channel) * supply / 4095));
    }

    std::array<u32, 2> held_{};
    u32 trigger_levels_ = 0;
};

const Registered model{"Analog.STM32L4_DAC", make<Dac>};

} // namespace
} // namespace tinysim
