#include "core.hpp"

#include <tuple>

namespace tinysim {

void Core::save(Writer& out) const {
    out(r);
    out(s);
    for (const u32 value :
         {n, z, c, v, q, ge, fpscr, fp_flags, it_state, other_sp, basepri, pc, exc_return_, carry_})
        out(value);
    for (const bool value :
         {fp_special, primask, faultmask, unprivileged, process_stack, fp_active, exclusive,
          event_register, call_supervisor_, sleeping_, for_event_, deep_, held})
        out(value);
    out(cycles);
    out(instructions);
    out(pending_fault_.pending);
    out(pending_fault_.exception);
    out(pending_fault_.cfsr);
    out(pending_fault_.address.has_value());
    out(pending_fault_.address.value_or(0));
    out(wait_);
    out(may_wait_);
    exceptions.save(out);
    Pipeline detached = pipeline;
    detached.detach();
    const bool empty = detached.empty();
    detached.attach(true, nullptr, nullptr); // a state has no addresses of the host
    out(detached);
    out(empty);
    out(static_cast<u64>(exception_counts.size()));
    for (unsigned number = 0; number < Exceptions::count; ++number)
        if (const auto found = exception_counts.find(number); found != exception_counts.end()) {
            out(found->first);
            out(found->second);
        }
}

void Core::load(Reader& in) {
    in(r);
    in(s);
    for (u32* value : {&n, &z, &c, &v, &q, &ge, &fpscr, &fp_flags, &it_state, &other_sp, &basepri,
                       &pc, &exc_return_, &carry_})
        in(*value);
    for (bool* value :
         {&fp_special, &primask, &faultmask, &unprivileged, &process_stack, &fp_active, &exclusive,
          &event_register, &call_supervisor_, &sleeping_, &for_event_, &deep_, &held})
        in(*value);
    in(cycles);
    in(instructions);
    in(pending_fault_.pending);
    in(pending_fault_.exception);
    in(pending_fault_.cfsr);
    bool has_address = false;
    u32 address = 0;
    in(has_address);
    in(address);
    pending_fault_.address = has_address ? std::optional<u32>(address) : std::nullopt;
    in(wait_);
    in(may_wait_);
    exceptions.load(in);
    bool empty = true;
    // Options are those of the machine that goes on; the RCC tells the dividers when it is loaded.
    const auto [rules, matrix, memoise] =
        std::tuple(pipeline.rules, pipeline.matrix, pipeline.memoise);
    in(pipeline);
    in(empty);
    pipeline.rules = rules;
    pipeline.matrix = matrix;
    pipeline.memoise = memoise;
    pipeline.attach(empty, &bus.regions, &pipeline_states);
    u64 count = 0;
    in(count);
    exception_counts.clear();
    for (u64 i = 0; i < count; ++i) {
        u32 number = 0;
        in(number);
        in(exception_counts[number]);
    }
    fault_report.reset();
    first_fault_.reset();
    code_changed();
}

} // namespace tinysim
