#include "core.hpp"

namespace tinysim {

void Core::fields(State& state) {
    state(r);
    state(s);
    for (u32* field : {&n, &z, &c, &v, &q, &ge, &fpscr, &fp_flags, &it_state, &other_sp, &basepri,
                       &pc, &exc_return_})
        state(*field);
    for (bool* field : {&fp_special, &primask, &faultmask, &unprivileged, &process_stack,
                        &fp_active, &exclusive, &event_register, &call_supervisor_, &sleeping_,
                        &for_event_, &deep_, &held, &debugging.halted, &debugging.locked_up})
        state(*field);
    state(cycles);
    state(exception_cycles);
    state(sleep_cycles);
    state(instructions);
    state(stalled_until_);
    state(pending_fault_.pending);
    state(pending_fault_.exception);
    state(pending_fault_.cfsr);
    state.optional(pending_fault_.address);
    state(waits_);
    state(waiting_);
    state(may_wait_);
    state(exceptions);
    state(exception_counts);
}

void Core::after_load() {
    fault_report.reset();
    first_fault_.reset();
    stop_ = Stop::budget; // a breakpoint here has not been seen
    guards_fetches_ = false;
    protection.forget();
    protect();
    code_changed();
}

} // namespace tinysim
