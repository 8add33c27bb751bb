#include "core.hpp"

#include <algorithm>
#include <cfenv>
#include <utility>

namespace tinysim {

Core::Core(Bus& bus, Surroundings& around, Timing& timing)
    : bus(bus), around(around), timing_(&timing), pages_(Pages::count) {
    bus.code_written = [this](u32) { code_changed(); };
}

void Core::reset() {
    exceptions.reset();
    r = {};
    s = {};
    n = c = v = q = ge = fpscr = fp_flags = it_state = other_sp = basepri = 0;
    z = 1;
    fp_special = primask = faultmask = unprivileged = process_stack = fp_active = exclusive = false;
    stalled_until_ = 0;
    event_register = sleeping_ = stopping_ = call_supervisor_ = false;
    held = for_event_ = deep_ = false;
    stuck_since_ = never;
    pending_fault_ = {};
    exc_return_ = 0;
    timing_->reset(cycles);
    fault_report.reset();
    first_fault_.reset();
    waits_ = {};
    may_wait_ = false;
    u32 sp = 0;
    u32 entry = 0;
    // Reset reads the vector table at address 0 (DDI0403 B1.5.5).
    bus.read(0, 4, sp);
    bus.read(4, 4, entry);
    r[13] = sp & ~3u;
    r[14] = 0xFFFFFFFF;
    pc = entry & ~1u;
    catch_reset();
    exceptions.internal_only = false;
    if (std::exchange(guards_fetches_, false))
        code_changed();
    protection.forget();
    protect();
    need_attention();
}

void Core::set_timing(Timing& timing) {
    if (timing_ == &timing)
        return;
    timing_->forget_code();
    timing_ = &timing;
    timing.reset(cycles);
    code_changed();
}

void Core::set_event_deadline(Cycles at) {
    event_deadline_ = at;
    deadline_ = std::min(deadline_, at);
}

bool Core::fault(const Op* op, Exception exception, u32 status, std::optional<u32> address) {
    pending_fault_ = {true, exception, status, address};
    stopped_at = op;
    exit = Exit::aborted;
    need_attention();
    return false;
}

void Core::branch_indirect(u32 address, const Op* op) {
    stopped_at = op;
    if ((address & 1) != 0 && (address < 0xF0000000 || exceptions.current == 0)) [[likely]] {
        pc = address & ~1u;
        exit = Exit::indirect;
        return;
    }
    exit = Exit::diverted;
    need_attention();
    if (address >= 0xF0000000 && exceptions.current != 0) {
        exc_return_ = address;
        return;
    }
    pc = address;
    pending_fault_ = {true, Exception::usage_fault, cfsr::invstate, {}};
}

void Core::sleep(bool for_event) {
    if (for_event && event_register) {
        event_register = false;
        return;
    }
    sleeping_ = true;
    for_event_ = for_event;
    need_attention();
}

u32 Core::apsr() const {
    return (n & 0x80000000) | (z == 0 ? 1u << 30 : 0) | (c != 0 ? 1u << 29 : 0) | (v >> 31 << 28) |
           q << 27 | ge << 16;
}

u32 Core::xpsr() const {
    return apsr() | (it_state & 3) << 25 | 1u << 24 | (it_state >> 2) << 10 | exceptions.current;
}

void Core::set_apsr(u32 value) {
    n = value;
    z = bit<30>(value) ? 0 : 1;
    c = value >> 29 & 1;
    v = value << 3;
    q = value >> 27 & 1;
    ge = value >> 16 & 0xF;
}

void Core::set_xpsr(u32 value) {
    set_apsr(value);
    it_state = (value >> 25 & 3) | (value >> 10 & 0x3F) << 2;
}

u32 Core::read_fpscr() {
    const int raised = std::fetestexcept(FE_ALL_EXCEPT);
    if ((raised & FE_INVALID) != 0)
        fpscr |= Fpscr::ioc;
    if ((raised & FE_DIVBYZERO) != 0)
        fpscr |= Fpscr::dzc;
    if ((raised & FE_OVERFLOW) != 0)
        fpscr |= Fpscr::ofc;
    if ((raised & FE_UNDERFLOW) != 0)
        fpscr |= Fpscr::ufc;
    if ((raised & FE_INEXACT) != 0)
        fpscr |= Fpscr::ixc;
    return fpscr | fp_flags;
}

void Core::write_fpscr(u32 value) {
    std::feclearexcept(FE_ALL_EXCEPT);
    fp_flags = value & 0xF0000000;
    fpscr = value & (Fpscr::ahp | Fpscr::default_nan | Fpscr::flush_to_zero |
                     3u << Fpscr::rounding_shift | 0x9F);
    fp_special =
        (fpscr & (Fpscr::default_nan | Fpscr::flush_to_zero | 3u << Fpscr::rounding_shift)) != 0;
}

u32 Core::control() const {
    return (unprivileged ? 1u : 0) | (process_stack ? 2u : 0) | (fp_active ? 4u : 0);
}

void Core::set_control(u32 value) {
    const bool process = (value & 2) != 0;
    // In Handler mode the stack pointer in use is always MSP (B1.4.4).
    if (exceptions.current == 0) {
        if (process != process_stack)
            std::swap(r[13], other_sp);
        process_stack = process;
    }
    unprivileged = (value & 1) != 0;
    fp_active = (value & 4) != 0;
}

void Core::protect(bool as_privileged) {
    const bool on = protection.mpu.is_enabled();
    const bool aside = on && !protection.mpu.guards_faults() &&
                       exceptions.execution_priority(primask, faultmask, basepri) < 0;
    protection.select(as_privileged, aside);
    if (on && !std::exchange(guards_fetches_, true))
        code_changed();
}

void Core::write_mpu(u32 offset, u32 value) {
    protection.mpu.write(offset, value);
    protection.forget();
}

bool Core::check_unprivileged(const Op* op, u32 address, unsigned size, Use use) {
    if (interface_of(address) == Interface::internal &&
        !(use == Use::write && may_trigger(address)))
        return fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
    for (unsigned i = 0; i < size; ++i)
        if (!protection.permits_as(false, address + i, use))
            return violates(op, address + i);
    return true;
}

} // namespace tinysim
