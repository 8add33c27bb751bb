#include "debug_control.hpp"

#include <utility>

namespace tinysim {
namespace {

enum Offset : u32 { dhcsr = 0x0, dcrsr = 0x4, dcrdr = 0x8, demcr = 0xC };

constexpr u32 dbgkey = 0xA05F;
constexpr u32 demcr_trcena = 1u << 24;
constexpr u32 dcrsr_regwnr = 1u << 16;
/// DEMCR's writable bits, MON_PEND excepted.
constexpr u32 demcr_mask = 0x010D07F1;

/// DCRSR.REGSEL (C1.6.3); below 16 the core registers.
enum Selected : u32 { xpsr = 16, msp = 17, psp = 18, masks = 20, fpscr = 33, s0 = 64, s31 = 95 };

} // namespace

u32 DebugControl::read_status() {
    Debugging& debug = core_.debugging;
    const auto flag = [](bool set, unsigned position) { return set ? 1u << position : 0; };
    const u32 result = flag(debug.is_attached(), 0) | flag(debug.halt_requested, 1) |
                       flag(debug.steps, 2) | flag(debug.masks_interrupts, 3) |
                       flag(debug.transferred, 16) | flag(debug.halted, 17) |
                       flag(core_.is_asleep(), 18) | flag(debug.locked_up, 19) |
                       flag(core_.executed() != debug.retired, 24) | flag(debug.was_reset, 25);
    if (debug.by_probe) { // the sticky bits
        debug.retired = core_.executed();
        debug.was_reset = false;
    }
    return result;
}

void DebugControl::write_control(u32 value) {
    Debugging& debug = core_.debugging;
    if (value >> 16 != dbgkey)
        return;
    if (debug.by_probe)
        debug.enabled = bit<0>(value);
    if (!debug.is_attached()) {
        debug.halt_requested = debug.steps = debug.masks_interrupts = false;
        if (debug.halted || debug.locked_up) {
            debug.locked_up = false;
            core_.leave_debug_state();
        }
        return;
    }
    debug.steps = bit<2>(value);
    if (debug.halted)
        debug.masks_interrupts = bit<3>(value);
    debug.halt_requested = bit<1>(value);
    if (debug.halted && !debug.halt_requested)
        core_.leave_debug_state();
    core_.need_attention();
}

std::optional<u32> DebugControl::read_register(u32 number) {
    if (number < 15)
        return core_.r[number];
    if (number >= s0 && number <= s31)
        return core_.s[number - s0];
    switch (number) {
    case 15: // the DebugReturnAddress
        return core_.pc;
    case xpsr:
        return core_.xpsr();
    case msp:
        return core_.main_sp();
    case psp:
        return core_.process_sp();
    case masks:
        return core_.control() << 24 | (core_.faultmask ? 1u << 16 : 0) | core_.basepri << 8 |
               (core_.primask ? 1u : 0);
    case fpscr:
        return core_.read_fpscr();
    default:
        return std::nullopt;
    }
}

void DebugControl::write_register(u32 number, u32 value) {
    if (number < 15) {
        core_.r[number] = number == 13 ? value & ~3u : value;
        return;
    }
    if (number >= s0 && number <= s31) {
        core_.s[number - s0] = value;
        return;
    }
    switch (number) {
    case 15:
        // IT goes with the instruction that it was for, and stays with xPSR if that is next.
        if ((value & ~1u) != core_.pc)
            core_.set_pc(value & ~1u);
        break;
    case xpsr:
        core_.set_xpsr(value);
        break;
    case msp:
        core_.main_sp() = value & ~3u;
        break;
    case psp:
        core_.process_sp() = value & ~3u;
        break;
    case masks:
        core_.set_control(value >> 24);
        core_.faultmask = bit<16>(value);
        core_.basepri = value >> 8 & 0xF0;
        core_.primask = bit<0>(value);
        break;
    case fpscr:
        core_.write_fpscr(value);
        break;
    default:
        break;
    }
}

/// A transfer between DCRDR and a register, which takes no time; only a halted core makes it.
void DebugControl::transfer(u32 selector) {
    Debugging& debug = core_.debugging;
    debug.transferred = debug.halted;
    if (!debug.halted)
        return;
    const u32 number = selector & 0x7F;
    if ((selector & dcrsr_regwnr) != 0)
        write_register(number, debug.transfer);
    else
        debug.transfer = read_register(number).value_or(0);
}

u32 DebugControl::read(u32 offset) {
    const Exceptions& exceptions = core_.exceptions;
    switch (offset) {
    case dhcsr:
        return read_status();
    case dcrdr:
        return core_.debugging.transfer;
    case demcr:
        return exceptions.demcr |
               (exceptions.pending[static_cast<unsigned>(Exception::debug_monitor)] ? 1u << 17 : 0);
    default:
        return 0;
    }
}

void DebugControl::write(u32 offset, u32 value) {
    switch (offset) {
    case dhcsr:
        return write_control(value);
    case dcrsr:
        return transfer(value);
    case dcrdr:
        core_.debugging.transfer = value;
        return;
    case demcr:
        core_.exceptions.demcr = value & demcr_mask;
        core_.exceptions.pending.set(static_cast<unsigned>(Exception::debug_monitor),
                                     bit<17>(value));
        return;
    default:
        return;
    }
}

void DebugControl::fields(State& state) {
    Debugging& debug = core_.debugging;
    state.kept(debug.enabled);
    state.kept(debug.halt_requested);
    state.kept(debug.steps);
    state.kept(debug.masks_interrupts);
    state.kept(debug.was_reset, true);
    state.kept(debug.transfer);
    state.kept(debug.transferred, true);
    state.kept(debug.retired);
    state.kept(debug.event);
    state.kept(debug.step);
    if (state.resets() == Reset::power_on) {
        core_.exceptions.demcr = debug.host ? demcr_trcena : 0;
        debug.halted = false;
    }
}

} // namespace tinysim
