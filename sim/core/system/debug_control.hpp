#pragma once

#include "../cpu/core.hpp"

namespace tinysim {

/// The core's debug registers DHCSR, DCRSR, DCRDR and DEMCR (DDI0403 C1.6). While the core is
/// halted no time passes: the peripherals wait with it, as with all of DBGMCU's freeze bits set.
class DebugControl {
public:
    explicit DebugControl(Core& core) : core_(core) {}

    /// Offsets from 0xE000EDF0.
    u32 read(u32 offset);
    void write(u32 offset, u32 value);
    void fields(State& state);

private:
    u32 read_status();
    void write_control(u32 value);
    void transfer(u32 selector);
    std::optional<u32> read_register(u32 number);
    void write_register(u32 number, u32 value);

    Core& core_;
};

} // namespace tinysim
