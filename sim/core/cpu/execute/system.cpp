#include "system.hpp"

#include "../core.hpp"

namespace tinysim {
namespace {

/// SYSm values of MRS and MSR (DDI0403 B5.1.1).
enum Special : u32 {
    apsr = 0,
    eapsr = 2,
    xpsr = 3,
    ipsr = 5,
    epsr = 6,
    iepsr = 7,
    msp = 8,
    psp = 9,
    primask = 16,
    basepri = 17,
    basepri_max = 18,
    faultmask = 19,
    control = 20,
};

void execute_nop(Core& core, const Op* op) { return next(core, op); }

void execute_undefined(Core& core, const Op* op) { core.undefined(op); }

void execute_no_coprocessor(Core& core, const Op* op) {
    core.fault(op, Exception::usage_fault, cfsr::nocp);
}

void execute_supervisor_call(Core& core, const Op*) {
    core.call_supervisor();
    core.exit = Exit::next;
}

void execute_breakpoint(Core& core, const Op* op) { core.breakpoint_instruction(op, op->imm); }

template <bool Disable> void execute_change_state(Core& core, const Op* op) {
    if (core.privileged()) {
        if (bit<1>(op->imm))
            core.primask = Disable;
        // FAULTMASK cannot be set at a priority of HardFault or higher (B5.2.1).
        if (bit<0>(op->imm) && (!Disable || core.exceptions.execution_priority(
                                                core.primask, core.faultmask, core.basepri) > -1))
            core.faultmask = Disable;
        core.protect();
        core.need_attention();
    }
    return next(core, op);
}

void execute_move_from_special(Core& core, const Op* op) {
    const u32 special = op->imm;
    u32 value = 0;
    if (special <= iepsr) {
        // EPSR reads as zero; bit 2 of SYSm leaves out APSR, bit 0 asks for IPSR.
        if ((special & 1) != 0)
            value |= core.exceptions.current;
        if ((special & 4) == 0)
            value |= core.apsr();
    } else if (core.privileged()) {
        switch (special) {
        case msp:
            value = core.main_sp();
            break;
        case psp:
            value = core.process_sp();
            break;
        case primask:
            value = core.primask;
            break;
        case basepri:
        case basepri_max:
            value = core.basepri;
            break;
        case faultmask:
            value = core.faultmask;
            break;
        case control:
            value = core.control();
            break;
        default:
            break;
        }
    } else if (special == control) {
        value = core.control();
    }
    core.r[op->rd] = value;
    return next(core, op);
}

void execute_move_to_special(Core& core, const Op* op) {
    const u32 value = core.r[op->rn];
    if (op->imm <= xpsr) {
        if (bit<1>(op->aux)) {
            const u32 ge = core.ge;
            core.set_apsr(value);
            core.ge = ge;
        }
        if (bit<0>(op->aux))
            core.ge = value >> 16 & 0xF;
    } else if (core.privileged()) {
        switch (op->imm) {
        case msp:
            core.main_sp() = value & ~3u;
            break;
        case psp:
            core.process_sp() = value & ~3u;
            break;
        case primask:
            core.primask = (value & 1) != 0;
            break;
        case basepri:
            core.basepri = value & 0xF0;
            break;
        case basepri_max:
            if ((value & 0xF0) != 0 && ((value & 0xF0) < core.basepri || core.basepri == 0))
                core.basepri = value & 0xF0;
            break;
        case faultmask:
            if ((value & 1) == 0 ||
                core.exceptions.execution_priority(core.primask, core.faultmask, core.basepri) > -1)
                core.faultmask = (value & 1) != 0;
            break;
        case control:
            core.set_control(value);
            break;
        default:
            break;
        }
        core.protect();
        core.need_attention();
    }
    return next(core, op);
}

template <bool ForEvent> void execute_wait(Core& core, const Op* op) {
    core.sleep(ForEvent);
    return next(core, op);
}

void execute_send_event(Core& core, const Op* op) {
    core.event_register = true;
    return next(core, op);
}

void execute_fetch_guard(Core& core, const Op* op) {
    if (core.may_fetch(op->pc) && core.may_fetch(op->pc + op->aux - 1)) [[likely]]
        return next(core, op);
    core.fault(op, Exception::mem_manage, cfsr::iaccviol);
}

void execute_fetch_fault(Core& core, const Op* op) {
    if (op->imm == cfsr::iaccviol)
        core.fault(op, Exception::mem_manage, op->imm);
    else if (op->imm == cfsr::invstate)
        core.fault(op, Exception::usage_fault, op->imm);
    else
        core.fault(op, Exception::bus_fault, op->imm);
}

} // namespace

Handler nop_handler() { return execute_nop; }
Handler undefined_handler() { return execute_undefined; }
Handler no_coprocessor_handler() { return execute_no_coprocessor; }
Handler supervisor_call_handler() { return execute_supervisor_call; }
Handler breakpoint_handler() { return execute_breakpoint; }

Handler change_state_handler(bool disable) {
    return disable ? execute_change_state<true> : execute_change_state<false>;
}

Handler move_from_special_handler() { return execute_move_from_special; }
Handler move_to_special_handler() { return execute_move_to_special; }

Handler wait_handler(bool for_event) {
    return for_event ? execute_wait<true> : execute_wait<false>;
}

Handler send_event_handler() { return execute_send_event; }
Handler fetch_guard_handler() { return execute_fetch_guard; }
Handler fetch_fault_handler() { return execute_fetch_fault; }

} // namespace tinysim
