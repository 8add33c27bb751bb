#include "../text.hpp"
#include "core.hpp"
#include "stack_frame.hpp"

#include <utility>

namespace tinysim {
bool Core::take_exception() {
    const unsigned number = exceptions.next(primask, faultmask, basepri);
    if (number == 0 || stopping_ || pending_fault_.pending)
        return false;
    enter(number, pc);
    return true;
}

void Core::switch_context(ContextSwitch::Kind kind, u32 frame, u32 words, u32 number) {
    const Cycles start = cycles;
    pass_until(timing_->switch_context({kind, frame, words, exceptions.vtor + 4 * number}, cycles));
    exception_cycles += cycles - start;
}

void Core::enter(unsigned number, u32 return_address) {
    stack_fault_.reset();
    const u32 words = fp_active && (exceptions.fpccr & Exceptions::fpccr_lspen) == 0
                          ? basic_words + fp_words
                          : basic_words;
    const u32 exc_return = push_frame(return_address);
    switch_context(ContextSwitch::Kind::entry, r[13], words, number);
    if (cycles >= event_deadline_)
        fire_events();
    raised_in_entry_ = stack_fault_.has_value();
    if (stack_fault_)
        number = derive(number, *std::exchange(stack_fault_, {}));
    // Late arrival: what came up during stacking and is more urgent goes first (B1.5.11).
    const unsigned late = exceptions.next(primask, faultmask, basepri);
    if (late != 0 && late != number && exceptions.priority(late) < exceptions.priority(number)) {
        exceptions.pending.set(number);
        number = late;
    }
    select_stack(false, true);
    process_stack = false;
    exceptions.activate(number);
    if (observer)
        observer->entered(number, cycles);
    protect();
    ++exception_counts[number];
    r[14] = exc_return;
    it_state = 0;
    fp_active = false;
    exclusive = false;
    event_register = true;
    // A handler comes to its loops as it did the last time. What it interrupts may go on waiting.
    for (Wait& wait : waits_)
        if (wait.head != waiting_)
            wait.head = 0;
    u32 vector = 0;
    if (bus.read(exceptions.vtor + 4 * number, 4, vector) != Access::ok) {
        exceptions.hfsr |= hfsr::vecttbl;
        lock_up("no vector table at " + hex(exceptions.vtor));
        return;
    }
    pc = vector & ~1u;
    if ((vector & 1) == 0)
        pending_fault_ = {true, Exception::usage_fault, cfsr::invstate, {}};
    catch_vector(number);
}

/// Tail-chaining: the next handler starts without unstacking (B1.5.12).
void Core::chain(unsigned number, u32 exc_return) {
    switch_context(ContextSwitch::Kind::chain, 0, 0, number);
    if (observer)
        observer->returned(number, cycles);
    exceptions.activate(number);
    if (observer)
        observer->entered(number, cycles);
    protect();
    ++exception_counts[number];
    r[14] = exc_return;
    event_register = true;
    exclusive = false;
    u32 vector = 0;
    bus.read(exceptions.vtor + 4 * number, 4, vector);
    pc = vector & ~1u;
    if ((vector & 1) == 0)
        pending_fault_ = {true, Exception::usage_fault, cfsr::invstate, {}};
    catch_vector(number);
}

/// A frame that cannot be unstacked: the fault's handler follows by tail-chaining (B1.5.12).
void Core::fail_return(u32 frame, u32 exc_return) {
    raised_in_entry_ = true;
    const Exception cause = *std::exchange(stack_fault_, {});
    const bool by_mpu = cause == Exception::mem_manage;
    exceptions.cfsr |= by_mpu ? cfsr::munstkerr : cfsr::unstkerr;
    first_fault_ =
        describe_fault((by_mpu ? "MemManage, MUNSTKERR: unstacking from where the MPU forbids it, "
                               : "BusFault, UNSTKERR: unstacking from where no memory is, ") +
                       hex(frame));
    const int now_at = exceptions.execution_priority(primask, faultmask, basepri);
    const unsigned own = static_cast<unsigned>(cause);
    if (exceptions.fault_enabled(cause) && exceptions.group(exceptions.priority(own)) < now_at)
        return chain(own, exc_return);
    exceptions.hfsr |= hfsr::forced;
    first_fault_->hfsr = exceptions.hfsr;
    if (now_at <= -1)
        return lock_up("lockup: a fault at priority " + std::to_string(now_at));
    chain(static_cast<unsigned>(Exception::hard_fault), exc_return);
}

/// ExceptionReturn (B1.5.8).
void Core::exception_return(u32 exc_return) {
    const unsigned number = exceptions.current;
    const u32 mode = exc_return & 0xF;
    const bool to_thread = mode != 1;
    const unsigned nested = exceptions.active_count();
    const bool valid =
        (exc_return & 0xFFFFFFE0) == 0xFFFFFFE0 && (mode == 1 || mode == 9 || mode == 13) &&
        exceptions.active[number] &&
        (to_thread ? nested == 1 || (exceptions.ccr & Exceptions::ccr_nonbasethrdena) != 0
                   : nested > 1);
    if (!valid) {
        exceptions.deactivate(number);
        protect();
        r[14] = 0xF0000000 | exc_return;
        pending_fault_ = {true, Exception::usage_fault, cfsr::invpc, {}};
        return;
    }
    exceptions.deactivate(number);
    if (number == static_cast<unsigned>(Exception::debug_monitor))
        step_for_monitor();
    if (number != static_cast<unsigned>(Exception::nmi))
        faultmask = false;
    if (const unsigned chained = exceptions.next(primask, faultmask, basepri))
        return chain(chained, exc_return);
    const bool with_fp =
        (exc_return & exc_return_fp) == 0 && (exceptions.fpccr & Exceptions::fpccr_lspact) == 0;
    const u32 words = with_fp ? basic_words + fp_words : basic_words;
    // In Handler mode r13 is MSP and the other one PSP (B1.4.4).
    const u32 frame = mode == 13 ? other_sp : r[13];
    // The frame is read with the permissions of the software that it belongs to. One that cannot
    // be read leaves everything as it was.
    stack_fault_.reset();
    protect(!to_thread || !unprivileged);
    for (u32 i = 0; i < words; ++i)
        stack_read(frame + 4 * i);
    if (stack_fault_)
        return fail_return(frame, exc_return);
    switch_context(ContextSwitch::Kind::exit, frame, words, 0);
    pop_frame(exc_return);
    protect();
    if (observer)
        observer->returned(exceptions.current, cycles);
    event_register = true;
    exclusive = false;
    if (to_thread && (exceptions.scr & Exceptions::scr_sleeponexit) != 0 &&
        exceptions.active_count() == 0)
        sleeping_ = true;
}

} // namespace tinysim
