#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"

namespace tinysim {

/// Extended interrupts and events (RM0432 section 16). Input and output n are line n.
class Exti final : public RegisterBlock {
public:
    explicit Exti(const Site& site);
    void input(int line, bool level) override;

protected:
    void written(u32 offset, u32 value) override;
    void after_reset() override;
    void fields(State& state) override;

private:
    static constexpr u32 second_bank = 0x20; ///< lines 32 and up
    enum Offset : u32 {
        imr1 = 0x00,
        emr1 = 0x04,
        rtsr1 = 0x08,
        ftsr1 = 0x0C,
        swier1 = 0x10,
        pr1 = 0x14
    };
    static bool is_direct(int line);
    void trigger(u32 bank, u32 lines);
    void drive_lines(u32 bank, u32 lines, bool level);

    u64 levels_ = 0; ///< of the lines at their inputs
};

} // namespace tinysim
