#include "../text.hpp"
#include "core.hpp"

#include <utility>

namespace tinysim {
namespace {

constexpr u32 basic_frame = 0x20;
constexpr u32 basic_words = 8;
constexpr u32 extended_frame = 0x68;
constexpr u32 fp_words = 17;           ///< S0-S15 and FPSCR
constexpr u32 exc_return_fp = 1u << 4; ///< clear: the frame has FP registers

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

bool Core::take_exception() {
    const unsigned number = exceptions.next(primask, faultmask, basepri);
    if (number == 0 || stopping_ || pending_fault_.pending)
        return false;
    enter(number, pc);
    return true;
}

void Core::note_stacking(Access result) {
    if (result != Access::ok && !stack_fault_)
        stack_fault_ = result == Access::forbidden ? Exception::mem_manage : Exception::bus_fault;
}

void Core::stack_write(u32 address, u32 value) {
    note_stacking(write_permitted(address, 4, value));
}

u32 Core::stack_read(u32 address) {
    u32 value = 0;
    note_stacking(read_permitted(address, 4, value));
    return value;
}

/// Makes r13 the stack pointer of the mode that comes: `process` is CONTROL.SPSEL.
void Core::select_stack(bool process, bool handler) {
    const bool in_use = process && !handler;
    if (in_use != process_stack_in_use())
        std::swap(r[13], other_sp);
    process_stack = process;
}

/// PushStack (DDI0403 B1.5.6); the value of LR for the handler.
u32 Core::push_frame(u32 return_address) {
    const bool with_fp = fp_active;
    const u32 size = with_fp ? extended_frame : basic_frame;
    const bool align8 = with_fp || (exceptions.ccr & Exceptions::ccr_stkalign) != 0;
    const bool padded = align8 && (r[13] & 4) != 0;
    const u32 frame = (r[13] - size) & ~(align8 ? 4u : 0u);
    r[13] = frame;
    for (unsigned i = 0; i < 4; ++i)
        stack_write(frame + 4 * i, r[i]);
    stack_write(frame + 16, r[12]);
    stack_write(frame + 20, r[14]);
    stack_write(frame + 24, return_address);
    stack_write(frame + 28, (xpsr() & ~(1u << 9)) | (padded ? 1u << 9 : 0));
    if (with_fp) {
        if ((exceptions.fpccr & Exceptions::fpccr_lspen) != 0) {
            exceptions.fpcar = frame + 0x20;
            exceptions.fpccr &= ~(Exceptions::fpccr_user | Exceptions::fpccr_thread);
            exceptions.fpccr |= Exceptions::fpccr_lspact;
            if (!privileged())
                exceptions.fpccr |= Exceptions::fpccr_user;
            if (exceptions.current == 0)
                exceptions.fpccr |= Exceptions::fpccr_thread;
        } else {
            for (unsigned i = 0; i < 16; ++i)
                stack_write(frame + 0x20 + 4 * i, s[i]);
            stack_write(frame + 0x60, read_fpscr());
        }
    }
    const u32 mode = exceptions.current != 0 ? 0x1u : process_stack ? 0xDu : 0x9u;
    return 0xFFFFFFE0 | mode | (with_fp ? 0 : exc_return_fp);
}

void Core::switch_context(ContextSwitch::Kind kind, u32 frame, u32 words, u32 number) {
    const Cycles start = cycles;
    pass_until(timing_->switch_context({kind, frame, words, exceptions.vtor + 4 * number}, cycles));
    exception_cycles += cycles - start;
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
        exceptions.pending[number] = true;
        return derived;
    }
    if (derived != number)
        exceptions.pending[derived] = true;
    return number;
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
        exceptions.pending[number] = true;
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
    wait_ = {};
    u32 vector = 0;
    if (bus.read(exceptions.vtor + 4 * number, 4, vector, pc) != Access::ok) {
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
    bus.read(exceptions.vtor + 4 * number, 4, vector, pc);
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
    wait_ = {};
    if (to_thread && (exceptions.scr & Exceptions::scr_sleeponexit) != 0 &&
        exceptions.active_count() == 0)
        sleeping_ = true;
}

/// PopStack (B1.5.7), with the switch of mode and stack.
void Core::pop_frame(u32 exc_return) {
    const u32 mode = exc_return & 0xF;
    const bool with_fp = (exc_return & exc_return_fp) == 0;
    select_stack(mode == 13, mode == 1);
    const u32 frame = r[13];
    for (unsigned i = 0; i < 4; ++i)
        r[i] = stack_read(frame + 4 * i);
    r[12] = stack_read(frame + 16);
    r[14] = stack_read(frame + 20);
    pc = stack_read(frame + 24) & ~1u;
    const u32 status = stack_read(frame + 28);
    if (with_fp) {
        if ((exceptions.fpccr & Exceptions::fpccr_lspact) != 0) {
            exceptions.fpccr &= ~Exceptions::fpccr_lspact;
        } else {
            for (unsigned i = 0; i < 16; ++i)
                s[i] = stack_read(frame + 0x20 + 4 * i);
            write_fpscr(stack_read(frame + 0x60));
        }
    }
    fp_active = with_fp;
    const bool align8 = with_fp || (exceptions.ccr & Exceptions::ccr_stkalign) != 0;
    r[13] = frame + (with_fp ? extended_frame : basic_frame);
    if (align8 && bit<9>(status))
        r[13] |= 4;
    exceptions.current = status & 0x1FF;
    set_xpsr(status);
    if ((mode == 1) != (exceptions.current != 0))
        pending_fault_ = {true, Exception::usage_fault, cfsr::invpc, {}};
}

bool Core::prepare_fp(const Op* op) {
    // CPACR.CP10: 0 no access, 1 privileged only, 3 full (B3.2.20).
    const u32 access = exceptions.cpacr >> 20 & 3;
    if (access == 0 || (access == 1 && !privileged())) [[unlikely]]
        return fault(op, Exception::usage_fault, cfsr::nocp);
    if ((exceptions.fpccr & Exceptions::fpccr_lspact) != 0) [[unlikely]] {
        stack_fault_.reset();
        protect((exceptions.fpccr & Exceptions::fpccr_user) == 0);
        for (unsigned i = 0; i < 16; ++i)
            stack_write(exceptions.fpcar + 4 * i, s[i]);
        stack_write(exceptions.fpcar + 0x40, read_fpscr());
        protect();
        exceptions.fpccr &= ~Exceptions::fpccr_lspact;
        beyond_manual += fp_words;
        lazily_stacked = fp_words;
        if (stack_fault_) {
            const u32 status = *stack_fault_ == Exception::bus_fault ? cfsr::lsperr : cfsr::mlsperr;
            return fault(op, *std::exchange(stack_fault_, {}), status, exceptions.fpcar);
        }
    }
    if (!fp_active && (exceptions.fpccr & Exceptions::fpccr_aspen) != 0) [[unlikely]] {
        fp_active = true;
        // ExecuteFPCheck (B1.5.7): a new context starts with FPDSCR's modes.
        constexpr u32 modes = 0x1Fu << 22;
        write_fpscr((read_fpscr() & ~modes) | (exceptions.fpdscr & modes));
    }
    return true;
}

/// BKPT: semihosting, else an exception, as no debugger is there.
void Core::breakpoint_instruction(const Op* op, u32 number) {
    constexpr u32 semihosting = 0xAB;
    enum : u32 { sys_writec = 3, sys_write0 = 4, sys_exit = 0x18, sys_exit_extended = 0x20 };
    constexpr u32 application_exit = 0x20026; // ADP_Stopped_ApplicationExit
    stopped_at = op;
    if (number != semihosting || (debugging.enabled && !debugging.host)) {
        fault(op, Exception::debug_monitor, 0, number);
        return;
    }
    const auto byte_at = [this](u32 address) {
        const u8* host = bus.readable.find<u8>(address);
        return host ? static_cast<char>(*host) : '\0';
    };
    const auto print = [this](char character) {
        if (semihosting_output.size() < most_output)
            semihosting_output += character;
    };
    switch (r[0]) {
    case sys_writec:
        print(byte_at(r[1]));
        break;
    case sys_write0:
        for (u32 at = r[1], left = most_output; byte_at(at) != '\0' && left != 0; ++at, --left)
            print(byte_at(at));
        break;
    case sys_exit:
    case sys_exit_extended: {
        u32 reason = r[1];
        u32 code = 0;
        if (r[0] == sys_exit_extended) {
            bus.read(r[1], 4, reason, op->pc);
            bus.read(r[1] + 4, 4, code, op->pc);
        }
        exit_code = reason == application_exit ? static_cast<int>(code) : 1;
        exit = Exit::left;
        request_stop(Stop::exit);
        return;
    }
    default:
        r[0] = 0xFFFFFFFF;
    }
    return next(*this, op);
}

} // namespace tinysim
