#pragma once

#include "../../peripherals/register_block.hpp"
#include "../../peripherals/registry.hpp"
#include "voltage.hpp"

#include <functional>

namespace tinysim {

/// What a core that sleeps with SLEEPDEEP brings the chip to (RM0432 table 26).
enum class LowPower { sleep, stop, standby, shutdown };

/// Power control (RM0432 5.4). Voltage scaling takes effect at once. Input n is wake-up pin n + 1;
/// input 8 is the internal wake-up line, of the RTC.
class Pwr final : public RegisterBlock {
public:
    explicit Pwr(const Site& site);

    /// CR1.DBP: the backup domain may be written.
    bool backup_writable() const { return has(cr1, 1u << 8); }
    VoltageRange voltage_range() const;
    /// CR1.VOS or CR5.R1MODE was written.
    std::function<void()> voltage_changed = [] {};
    /// What CR1.LPMS asks for.
    LowPower low_power() const;
    /// The chip enters Standby or Shutdown.
    void note_mode(LowPower mode) {
        if (mode == LowPower::standby)
            at(sr1) |= sr1_sbf;
    }
    /// CR3.RRS: SRAM2 keeps its contents in Standby.
    bool keeps_sram2() const { return has(cr3, 1u << 8); }
    /// An enabled wake-up pin has woken the chip from Standby or Shutdown.
    std::function<void()> woken = [] {};

    void input(int pin, bool level) override;

protected:
    bool is_kept(u32 offset) const override;
    u32 reading(u32 offset) override;
    void written(u32 offset, u32 value) override;
    void fields(State& state) override;

private:
    enum Offset : u32 {
        cr1 = 0x00,
        cr3 = 0x08,
        cr4 = 0x0C,
        sr1 = 0x10,
        sr2 = 0x14,
        scr = 0x18,
        cr5 = 0x80
    };
    static constexpr u32 sr1_sbf = 1u << 8;
    static constexpr u32 sr1_wufi = 1u << 15;
    static constexpr u32 cr3_eiwul = 1u << 15;
    u32 levels_ = 0; ///< of the wake-up pins
};

} // namespace tinysim
