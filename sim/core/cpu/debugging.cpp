#include "debugging.hpp"

#include "core.hpp"

#include <utility>

namespace tinysim {
namespace {

/// Bits of DEMCR (DDI0403 C1.6.5).
enum Demcr : u32 {
    vc_corereset = 1u << 0,
    vc_mmerr = 1u << 4,
    vc_nocperr = 1u << 5,
    vc_chkerr = 1u << 6,
    vc_staterr = 1u << 7,
    vc_buserr = 1u << 8,
    vc_interr = 1u << 9,
    vc_harderr = 1u << 10,
    mon_en = 1u << 16,
    mon_step = 1u << 18,
};

constexpr u32 lockup_address = 0xFFFFFFFE;

/// The bits of DEMCR that catch an exception which is entered for the fault `status`.
u32 catching(unsigned number, u32 status) {
    switch (static_cast<Exception>(number)) {
    case Exception::hard_fault:
        return vc_harderr;
    case Exception::mem_manage:
        return vc_mmerr;
    case Exception::bus_fault:
        return vc_buserr;
    case Exception::usage_fault:
        return (status & cfsr::nocp) != 0                            ? vc_nocperr
               : (status & (cfsr::unaligned | cfsr::divbyzero)) != 0 ? vc_chkerr
                                                                     : vc_staterr;
    default:
        return 0;
    }
}

} // namespace

void Core::debug_event(u32 reason) {
    debugging.event |= reason;
    need_attention();
}

/// Debug state comes instead of the next instruction (C1.5).
void Core::enter_debug_state(u32 reason) {
    exceptions.dfsr |= reason;
    debugging.halted = debugging.halt_requested = true;
    debugging.event = 0;
    debugging.step = Debugging::none;
    debugging.locked_up = false;
    sleeping_ = false;
    if (std::exchange(deep_, false))
        woke();
    request_stop(Stop::halted);
}

void Core::leave_debug_state() {
    debugging.halted = false;
    debugging.step = debugging.steps ? Debugging::armed : Debugging::none;
    exceptions.internal_only = debugging.masks_interrupts;
    need_attention();
}

/// Takes what a debugger, a step or a watch has asked for. True: the core has halted.
bool Core::halts_here() {
    if (debugging.halted) {
        request_stop(Stop::halted);
        return true;
    }
    u32 reason = std::exchange(debugging.event, 0);
    if (debugging.step == Debugging::done) {
        debugging.step = Debugging::none;
        reason |= Exceptions::dfsr_halted;
    }
    if (debugging.is_attached() && debugging.halt_requested)
        reason |= Exceptions::dfsr_halted;
    if (reason == 0)
        return false;
    if (debugging.is_attached()) {
        enter_debug_state(reason);
        return true;
    }
    if ((exceptions.demcr & mon_en) != 0) {
        exceptions.dfsr |= reason;
        exceptions.pend(Exception::debug_monitor);
    }
    return false; // without a debugger and a monitor it is ignored
}

/// A breakpoint of the FPB: as a BKPT instruction in this place (C1.11).
void Core::meet_breakpoint() {
    if (debugging.is_attached())
        return enter_debug_state(Exceptions::dfsr_bkpt);
    pending_fault_ = {true, Exception::debug_monitor, 0, 0};
}

/// Comparators that match the instruction which is about to execute. The event is taken after it.
bool Core::match_code() {
    bool matches = false;
    for (const CodeWatch& watch : debugging.watched_code)
        if (pc >= watch.first && pc <= watch.last && debugging.code_matches(watch))
            matches = true;
    if (matches)
        debugging.event |= Exceptions::dfsr_dwttrap;
    return matches;
}

void Core::match_data(const DataAccess& access) {
    for (const DataWatch& watch : debugging.watched_data)
        if (watch.sees(access) && debugging.data_matches(watch, access))
            debug_event(Exceptions::dfsr_dwttrap);
    for (const DataWatch& watch : debugging.host_watches)
        if (watch.sees(access)) {
            debugging.host_hit = access;
            request_stop(Stop::watchpoint);
            return;
        }
}

/// Vector catch: halts at the first instruction of the handler (C1.6.5).
void Core::catch_vector(unsigned number) {
    const bool in_entry = std::exchange(raised_in_entry_, false);
    if (!debugging.is_attached())
        return;
    u32 catches = catching(number, raised_);
    if (in_entry && number <= static_cast<unsigned>(Exception::usage_fault))
        catches |= vc_interr;
    if ((exceptions.demcr & catches) != 0)
        debug_event(Exceptions::dfsr_vcatch);
}

void Core::catch_reset() {
    debugging.halted = debugging.halt_requested = debugging.steps = false;
    debugging.masks_interrupts = debugging.locked_up = false;
    debugging.event = 0;
    debugging.step = Debugging::none;
    debugging.was_reset = debugging.transferred = true;
    if (debugging.is_attached() && (exceptions.demcr & vc_corereset) != 0)
        debug_event(Exceptions::dfsr_vcatch);
}

/// DEMCR.MON_STEP: the monitor's handler has returned, and comes again after one instruction.
void Core::step_for_monitor() {
    if (!debugging.is_attached() &&
        (exceptions.demcr & (mon_en | mon_step)) == (mon_en | mon_step)) {
        debugging.step = Debugging::armed;
        need_attention();
    }
}

/// Only a debugger gets a core out of lockup (B1.5.15).
void Core::lock_up_for_debugger() {
    debugging.locked_up = true;
    set_pc(lockup_address);
    need_attention();
}

void Core::patch_literal(u32 address, unsigned size, u32& value) const {
    const auto found = debugging.patched_literals.find(address & ~3u);
    if (found != debugging.patched_literals.end())
        value = found->second >> 8 * (address & 3) & (size == 4 ? ~0u : (1u << 8 * size) - 1);
}

/// To be called when places in code or data have been set or taken back.
void Core::places_changed() {
    std::vector<u32> pages;
    const auto add = [&pages](u32 first, u32 last) {
        for (u32 page = first >> Pages::shift; page <= last >> Pages::shift; ++page)
            pages.push_back(page);
    };
    for (const auto* watches : {&debugging.watched_data, &debugging.host_watches})
        for (const DataWatch& watch : *watches)
            add(watch.first, watch.last);
    for (const auto& [address, word] : debugging.patched_literals)
        add(address, address);
    protection.watch(std::move(pages));
    protect();
    code_changed();
}

} // namespace tinysim
