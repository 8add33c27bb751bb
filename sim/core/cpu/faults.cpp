#include "../text.hpp"
#include "core.hpp"

namespace tinysim {
namespace {

struct Bit {
    u32 mask;
    const char* name;
};

constexpr Bit cfsr_bits[] = {
    {cfsr::iaccviol, "IACCVIOL: fetch where nothing may execute"},
    {cfsr::daccviol, "DACCVIOL: access that the MPU forbids"},
    {cfsr::munstkerr, "MUNSTKERR: unstacking from where the MPU forbids it"},
    {cfsr::mstkerr, "MSTKERR: stacking to where the MPU forbids it"},
    {cfsr::mlsperr, "MLSPERR: lazy FP stacking to where the MPU forbids it"},
    {cfsr::ibuserr, "IBUSERR: fetch from where no memory is"},
    {cfsr::preciserr, "PRECISERR: access to where nothing is"},
    {cfsr::unstkerr, "UNSTKERR: unstacking from where no memory is"},
    {cfsr::stkerr, "STKERR: stacking to where no memory is"},
    {cfsr::lsperr, "LSPERR: lazy FP stacking to where no memory is"},
    {cfsr::undefinstr, "UNDEFINSTR: undefined instruction"},
    {cfsr::invstate, "INVSTATE: branch to an even address"},
    {cfsr::invpc, "INVPC: bad EXC_RETURN"},
    {cfsr::nocp, "NOCP: the FPU is off (CPACR) or the coprocessor absent"},
    {cfsr::unaligned, "UNALIGNED: unaligned access"},
    {cfsr::divbyzero, "DIVBYZERO"},
};

} // namespace

FaultReport Core::describe_fault(const std::string& cause) const {
    FaultReport report;
    report.cause = cause;
    for (std::size_t i = 0; i < 15; ++i)
        report.registers[i] = r[i];
    report.registers[15] = pc;
    report.registers[16] = xpsr();
    report.cfsr = exceptions.cfsr;
    report.hfsr = exceptions.hfsr;
    report.address = pending_fault_.address;
    return report;
}

void Core::lock_up(const std::string& cause) {
    if (debugging.enabled)
        return lock_up_for_debugger();
    fault_report = first_fault_ ? first_fault_ : describe_fault(cause);
    if (first_fault_)
        fault_report->cause += " (" + cause + ")";
    request_stop(Stop::fault);
}

/// A fault of the instruction at `pc`, or of stacking.
void Core::raise_synchronous() {
    const PendingFault fault = pending_fault_;
    if (fault.exception == Exception::none) { // strict mode
        fault_report = describe_fault("access to a peripheral without a model at " +
                                      hex(fault.address.value_or(0)));
        pending_fault_ = {};
        request_stop(Stop::fault);
        return;
    }
    exceptions.cfsr |= fault.cfsr;
    if ((fault.cfsr & cfsr::bfarvalid) != 0)
        exceptions.bfar = fault.address.value_or(0);
    if ((fault.cfsr & cfsr::mmarvalid) != 0)
        exceptions.mmfar = fault.address.value_or(0);
    std::string cause = exception_name(static_cast<unsigned>(fault.exception));
    if (fault.exception == Exception::debug_monitor && debugging.is_attached()) {
        pending_fault_ = {};
        return enter_debug_state(Exceptions::dfsr_bkpt);
    }
    if (fault.exception == Exception::debug_monitor) {
        exceptions.dfsr |= Exceptions::dfsr_bkpt;
        first_fault_ =
            describe_fault("BKPT " + std::to_string(*fault.address) + " without a debugger");
        first_fault_->address.reset();
        pending_fault_ = {};
        raise(fault.exception, pc);
        return;
    }
    for (const Bit& candidate : cfsr_bits)
        if ((fault.cfsr & candidate.mask) != 0)
            cause += std::string(", ") + candidate.name;
    if (fault.address)
        cause += ", " + hex(*fault.address);
    first_fault_ = describe_fault(cause);
    pending_fault_ = {};
    raised_ = fault.cfsr;
    raise(fault.exception, pc);
    raised_ = 0;
}

/// A synchronous exception: taken now, as HardFault where its own priority does not let it.
bool Core::raise(Exception exception, u32 return_address) {
    const int now_at = exceptions.execution_priority(primask, faultmask, basepri);
    unsigned number = static_cast<unsigned>(exception);
    const bool own = exceptions.fault_enabled(exception) &&
                     exceptions.group(exceptions.priority(number)) < now_at;
    if (!own) {
        number = static_cast<unsigned>(Exception::hard_fault);
        exceptions.hfsr |= exception == Exception::debug_monitor ? hfsr::debugevt : hfsr::forced;
        if (first_fault_)
            first_fault_->hfsr = exceptions.hfsr;
        if (now_at <= -1) {
            lock_up("lockup: a fault at priority " + std::to_string(now_at));
            return false;
        }
        if (!first_fault_)
            first_fault_ = describe_fault(exception_name(static_cast<unsigned>(exception)) +
                                          " escalated to HardFault");
    }
    enter(number, return_address);
    return true;
}

/// Stacking for an exception was itself at fault. The derived exception is taken first when it
/// is the more urgent one, else it pends; at the priority of HardFault it is noted and no more
/// (B1.5.11). Returns the exception to enter.
unsigned Core::derive(unsigned number, Exception cause) {
    const bool by_mpu = cause == Exception::mem_manage;
    exceptions.cfsr |= by_mpu ? cfsr::mstkerr : cfsr::stkerr;
    const bool own = exceptions.fault_enabled(cause) &&
                     exceptions.group(exceptions.priority(static_cast<unsigned>(cause))) <
                         exceptions.execution_priority(primask, faultmask, basepri);
    const unsigned derived = static_cast<unsigned>(own ? cause : Exception::hard_fault);
    if (!own)
        exceptions.hfsr |= hfsr::forced;
    const std::string text =
        by_mpu ? "MemManage, MSTKERR: stacking to where the MPU forbids it, " + hex(r[13])
               : "BusFault, STKERR: stacking to where no memory is, " + hex(r[13]);
    const bool for_fault = number <= static_cast<unsigned>(Exception::usage_fault);
    if (for_fault && first_fault_) {
        const std::string cause_of_fault = first_fault_->cause;
        first_fault_ = describe_fault(cause_of_fault + " (" + text + ")");
    } else {
        first_fault_ = describe_fault(text);
    }
    if (exceptions.group(exceptions.priority(derived)) <
        exceptions.group(exceptions.priority(number))) {
        exceptions.pending.set(number);
        return derived;
    }
    if (derived != number)
        exceptions.pending.set(derived);
    return number;
}

} // namespace tinysim
