#include "../../peripherals/register_block.hpp"
#include "../../peripherals/registry.hpp"

namespace tinysim {
namespace {

using enum Bits;

RegisterMap registers() {
    return {
        {0x00, "MEMRMP", 0, {{"MEM_MODE", 2, 0, unmodelled}, {"FB_MODE", 8, unmodelled}}},
        {0x04,
         "CFGR1",
         0x7C000001,
         {{"FWDIS", 0, stored},
          {"BOOSTEN", 8, stored},
          {"ANASWVDD", 9, stored},
          {"I2C_FMP", 23, 16, stored},
          {"FPU_IE", 31, 26, stored}}},
        {0x08, "EXTICR1", 0, modelled, 16},
        {0x0C, "EXTICR2", 0, modelled, 16},
        {0x10, "EXTICR3", 0, modelled, 16},
        {0x14, "EXTICR4", 0, modelled, 16},
        {0x18, "SCSR", 0, {{"SRAM2ER", 0, unmodelled}, {"SRAM2BSY", 1, status}}},
        {0x1C,
         "CFGR2",
         0,
         {{"CLL", 0, stored},
          {"SPL", 1, stored},
          {"PVDL", 2, stored},
          {"ECCL", 3, stored},
          {"SPF", 8, clear_by_1}}},
        {0x20, "SWPR", 0, stored},
        {0x24, "SKR", 0, order},
        {0x28, "SWPR2", 0, stored},
    };
}

/// System configuration (RM0432 section 9): which port drives each of EXTI lines 0 to 15.
/// Input 16 * port + pin is that pin's level; output n goes to line n.
class Syscfg final : public RegisterBlock {
public:
    explicit Syscfg(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}
    void input(int line, bool level) override {
        const u32 port = static_cast<u32>(line) / 16;
        const u32 pin = static_cast<u32>(line) % 16;
        const u32 mask = 1u << pin;
        if (port >= std::size(levels_))
            return;
        levels_[port] = static_cast<u16>((levels_[port] & ~mask) | (level ? mask : 0));
        if (selected(pin) == port)
            drive(static_cast<int>(pin), level);
    }

protected:
    /// Another port at a line, if its level is another one, is an edge.
    void written(u32 offset, u32) override {
        if (offset >= exticr1 && offset < exticr1 + 16)
            drive_pins(offset - exticr1, offset - exticr1 + 4);
    }
    void after_reset() override { drive_pins(0, 16); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state.outside(levels_);
    }

private:
    static constexpr u32 exticr1 = 0x08;

    u32 selected(u32 pin) const { return at(exticr1 + pin / 4 * 4) >> 4 * (pin % 4) & 15; }
    void drive_pins(u32 first, u32 end) {
        for (u32 pin = first; pin < end; ++pin)
            if (const u32 port = selected(pin); port < std::size(levels_))
                drive(static_cast<int>(pin), (levels_[port] >> pin & 1) != 0);
    }

    u16 levels_[9] = {}; ///< of the pins of ports A to I
};

const Registered model{"Miscellaneous.STM32_SYSCFG", make<Syscfg>};

} // namespace
} // namespace tinysim
