#pragma once

#include "../../peripherals/register_block.hpp"
#include "../../peripherals/registry.hpp"

#include <functional>

namespace tinysim {

/// System configuration (RM0432 section 9): what is seen at address 0, which flash bank comes
/// first, and which port drives each of EXTI lines 0 to 15. Input 16 * port + pin is that pin's
/// level; output n goes to line n.
class Syscfg final : public RegisterBlock {
public:
    explicit Syscfg(const Site& site);
    void input(int line, bool level) override;

    /// As the boot loader does when the option bytes say so.
    void boot_from_bank_2();
    /// MEM_MODE as it comes out of a reset that boots from a memory which it can show.
    static bool shows(const std::string& memory);
    void boot_from(const std::string& memory);
    /// Other memory is seen somewhere.
    std::function<void()> remapped = [] {};

protected:
    void written(u32 offset, u32 value) override;
    void after_reset() override;
    void after_load() override { remap(); }
    void fields(State& state) override;

private:
    void remap();
    void erase_sram2();
    u32 selected(u32 pin) const;
    void drive_pins(u32 first, u32 end);

    u32 last_key_ = 0;      ///< written to SKR
    bool erasable_ = false; ///< both keys have come
    u16 levels_[9] = {};    ///< of the pins of ports A to I
};

} // namespace tinysim
