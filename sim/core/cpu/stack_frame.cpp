#include "stack_frame.hpp"

#include "core.hpp"

#include <utility>

namespace tinysim {

void Core::note_stacking(Access result) {
    if (result != Access::ok && !stack_fault_)
        stack_fault_ = result == Access::forbidden ? Exception::mem_manage : Exception::bus_fault;
}

void Core::stack_write(u32 address, u32 value) {
    if (u8* const plain = protection.writable->find<u32>(address)) {
        std::memcpy(plain, &value, sizeof value);
        return;
    }
    note_stacking(write_permitted(address, 4, value));
}

u32 Core::stack_read(u32 address) {
    u32 value = 0;
    if (const u8* const plain = protection.readable->find<u32>(address)) {
        std::memcpy(&value, plain, sizeof value);
        return value;
    }
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
        begin_slow_access();
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

} // namespace tinysim
