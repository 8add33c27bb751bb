#include "../register_block.hpp"
#include "../registry.hpp"

#include <array>

namespace tinysim {
namespace {

using enum Bits;

constexpr u32 csr_en = 1u << 0;
constexpr u32 csr_winmode = 1u << 9;
constexpr u32 csr_polarity = 1u << 15;
constexpr u32 csr_brgen = 1u << 22;
constexpr u32 csr_scalen = 1u << 23;
constexpr u32 csr_value = 1u << 30;
constexpr u32 csr_lock = 1u << 31;

constexpr u32 vrefint = 1'212'000; ///< in microvolts (DS12023, typical)
constexpr u32 whole_reference = 3; ///< INMSEL; those before it are quarters
constexpr unsigned pins = 8;       ///< the first input by INPSEL

Register control(u32 offset, const char* name, bool window) {
    std::vector<Field> fields = {{"EN", 0},
                                 {"PWRMODE", 3, 2, stored},
                                 {"INMSEL", 6, 4},
                                 {"INPSEL", 7},
                                 {"POLARITY", 15},
                                 {"HYST", 17, 16, stored},
                                 {"BLANKING", 20, 18, unmodelled},
                                 {"BRGEN", 22},
                                 {"SCALEN", 23},
                                 {"VALUE", 30, status},
                                 {"LOCK", 31}};
    if (window)
        fields.emplace_back("WINMODE", 9);
    return {offset, name, 0, std::move(fields)};
}

/// Both comparators (RM0432, COMP): without hysteresis, and as quick as the voltages change. Input
/// 16 * n is the first of comparator 1 + n: those of INMSEL by its value (4 and 5 are the DAC),
/// then from 8 on those of INPSEL. Output n is the level of a comparator.
class Comparators final : public RegisterBlock {
public:
    explicit Comparators(const Site& site)
        : RegisterBlock(site.name, site.around,
                        {control(0, "COMP1_CSR", false), control(4, "COMP2_CSR", true)}) {}
    u32 size() const override { return 0x200; }
    unsigned analog_inputs() const override { return static_cast<unsigned>(volts_.size()); }
    void analog_input(int input, u32 microvolts) override {
        volts_[static_cast<unsigned>(input) % volts_.size()] = microvolts;
        compare();
    }

protected:
    bool writing(u32 offset, u32&) override { return !has(offset, csr_lock); }
    void written(u32, u32) override { compare(); }
    void after_reset() override { compare(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state.outside(volts_);
    }

private:
    static constexpr unsigned inputs = 16;

    u32 plus(unsigned number) const {
        const bool window = number == 1 && has(4, csr_winmode);
        const unsigned source = window ? 0 : number;
        return volts_[inputs * source + pins + (at(4 * source) >> 7 & 1)];
    }
    u32 minus(unsigned number) const {
        const u32 select = bits<6, 4>(at(4 * number));
        if (select > whole_reference)
            return volts_[inputs * number + select];
        if (!has(4 * number, csr_scalen))
            return 0;
        // Without the bridge every part of the reference is the whole.
        return has(4 * number, csr_brgen) ? vrefint / 4 * (select + 1) : vrefint;
    }
    void compare() {
        for (unsigned number = 0; number < 2; ++number) {
            u32& csr = at(4 * number);
            const bool higher = (csr & csr_en) != 0 && plus(number) > minus(number);
            const bool inverted = (csr & csr_polarity) != 0;
            csr = (csr & ~csr_value) | (higher != inverted ? csr_value : 0);
            drive(static_cast<int>(number), higher != inverted);
        }
    }

    std::array<u32, 2 * inputs> volts_{}; ///< in microvolts
};

const Registered model{"Analog.STM32L4_COMP", make<Comparators>};

} // namespace
} // namespace tinysim
