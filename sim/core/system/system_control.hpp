#pragma once

#include "../cpu/core.hpp"
#include "control_block.hpp"
#include "debug_control.hpp"
#include "dwt.hpp"
#include "sys_tick.hpp"

namespace tinysim {

/// The System Control Space at 0xE000E000: NVIC, System Control Block, SysTick, MPU, FPU and
/// debug control registers. Inputs are the external interrupts.
class SystemControl final : public Peripheral {
public:
    SystemControl(std::string name, Surroundings& around, Core& core, Dwt* dwt)
        : Peripheral(std::move(name), around), core_(core), dwt_(dwt),
          control_block_(core.exceptions), debug_(core) {}

    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    bool is_volatile(u32 offset) const override { return offset >= 0x10 && offset < 0x20; }
    void on_due() override;
    void input(int line, bool level) override;
    u32 size() const override { return 0x1000; }
    /// The clock of SysTick stops with the core's, and goes on.
    void stop_clock();
    void start_clock();
    /// Set by AIRCR.SYSRESETREQ.
    bool take_reset_request();

protected:
    void fields(State& state) override;
    u32 merge_base(u32 offset) override;

private:
    void write_debug(u32 offset, u32 value);

    Core& core_;
    Dwt* const dwt_;
    ControlBlock control_block_;
    SysTick sys_tick_;
    DebugControl debug_;
    u32 actlr_ = 0;
};

} // namespace tinysim
