#include "../register_block.hpp"
#include "../registry.hpp"

#include <algorithm>
#include <array>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 { csr = 0x00, otr = 0x04, lpotr = 0x08, second = 0x10 };

constexpr u32 csr_opaen = 1u << 0;
constexpr u32 csr_opalpm = 1u << 1;
constexpr u32 csr_vp_sel = 1u << 10;
constexpr u32 csr_calon = 1u << 12;
constexpr u32 csr_calsel = 1u << 13;
constexpr u32 csr_calout = 1u << 15;
enum Mode : u32 { programmable = 2, follower = 3 };

constexpr u32 supply = 3'300'000; ///< VDDA of the board, in microvolts
/// The trimming value from which on an amplifier has no offset; the factory's too.
constexpr u32 best_trim = 16;
constexpr u32 factory_trim = best_trim << 8 | best_trim;

std::vector<Field> control(bool first) {
    std::vector<Field> fields = {{"OPAEN", 0},
                                 {"OPALPM", 1},
                                 {"OPAMODE", 3, 2},
                                 {"PGA_GAIN", 5, 4},
                                 {"VM_SEL", 9, 8, stored},
                                 {"VP_SEL", 10},
                                 {"CALON", 12},
                                 {"CALSEL", 13},
                                 {"USERTRIM", 14, stored},
                                 {"CALOUT", 15, status}};
    if (first)
        fields.emplace_back("OPA_RANGE", 31, stored);
    return fields;
}

std::vector<Field> trimming(const char* n, const char* p) { return {{n, 4, 0}, {p, 12, 8}}; }

RegisterMap registers() {
    return {
        {0x00, "OPAMP1_CSR", 0, control(true)},
        {0x04, "OPAMP1_OTR", factory_trim, trimming("TRIMOFFSETN", "TRIMOFFSETP")},
        {0x08, "OPAMP1_LPOTR", factory_trim, trimming("TRIMLPOFFSETN", "TRIMLPOFFSETP")},
        {0x10, "OPAMP2_CSR", 0, control(false)},
        {0x14, "OPAMP2_OTR", factory_trim, trimming("TRIMOFFSETN", "TRIMOFFSETP")},
        {0x18, "OPAMP2_LPOTR", factory_trim, trimming("TRIMLPOFFSETN", "TRIMLPOFFSETP")},
    };
}

/// Both operational amplifiers (RM0432, OPAMP) as followers and with a programmable gain; with
/// parts outside the chip (OPAMODE below 2) they drive nothing. Input 2 * n is the pin of
/// amplifier 1 + n and the next one its DAC channel; output n its voltage.
class Amplifiers final : public RegisterBlock {
public:
    explicit Amplifiers(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}
    unsigned analog_inputs() const override { return static_cast<unsigned>(volts_.size()); }
    void analog_input(int input, u32 microvolts) override {
        volts_[static_cast<unsigned>(input) % volts_.size()] = microvolts;
        amplify();
    }

protected:
    u32 reading(u32 offset) override {
        if ((offset & ~second) != csr || !has(offset, csr_calon))
            return at(offset);
        // CALOUT changes at the value that ends the offset: for N it rises there, for P it falls,
        // as ST's drivers know it.
        const u32 trims = at(offset + (has(offset, csr_opalpm) ? lpotr : otr));
        const bool high =
            has(offset, csr_calsel) ? (trims >> 8 & 31) < best_trim : (trims & 31) >= best_trim;
        return at(offset) | (high ? csr_calout : 0);
    }
    void written(u32, u32) override { amplify(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state.outside(volts_);
    }

private:
    void amplify() {
        for (unsigned number = 0; number < 2; ++number) {
            const u32 control = at(second * number);
            const u32 mode = bits<3, 2>(control);
            if ((control & csr_opaen) == 0 || (control & csr_calon) != 0 || mode < programmable)
                continue;
            const u64 volts = volts_[2 * number + ((control & csr_vp_sel) != 0 ? 1 : 0)];
            const u64 gain = mode == follower ? 1 : u64{2} << bits<5, 4>(control);
            drive_analog(static_cast<int>(number),
                         static_cast<u32>(std::min<u64>(volts * gain, supply)));
        }
    }

    std::array<u32, 4> volts_{}; ///< in microvolts
};

const Registered model{"Analog.STM32L4_OPAMP", make<Amplifiers>};

} // namespace
} // namespace tinysim
