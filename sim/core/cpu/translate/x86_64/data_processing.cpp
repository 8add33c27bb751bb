#include "x86_code.hpp"

namespace tinysim {
namespace {

using namespace x86;

void combine_logically(Assembler& out, Alu alu) {
    switch (alu) {
    case Alu::and_:
    case Alu::tst:
        return out.alu(Do::and_, eax, ecx);
    case Alu::bic:
        out.invert(ecx);
        return out.alu(Do::and_, eax, ecx);
    case Alu::orr:
        return out.alu(Do::or_, eax, ecx);
    case Alu::orn:
        out.invert(ecx);
        return out.alu(Do::or_, eax, ecx);
    case Alu::eor:
    case Alu::teq:
        return out.alu(Do::xor_, eax, ecx);
    case Alu::mvn:
        out.invert(ecx);
        return out.mov(eax, ecx);
    default:
        return out.mov(eax, ecx);
    }
}

/// Bytes 0 and 2 of EAX as half-words.
void extend_pair(Assembler& out, bool is_signed) {
    out.alu(Do::and_, eax, 0x00FF00FFu);
    if (!is_signed)
        return;
    // Nine bits of sign above each byte that has one.
    out.mov(ecx, eax);
    out.alu(Do::and_, ecx, 0x00800080u);
    out.imul(ecx, ecx, 0x1FE);
    out.alu(Do::or_, eax, ecx);
}

} // namespace

void X86Code::load_operand(const Op& op, Operand operand, bool carry) {
    if (operand == Operand::imm) {
        if (carry && op.aux != 2)
            out.mov(core(layout_.c), op.aux);
        return out.mov(ecx, op.imm);
    }
    if (operand == Operand::reg)
        return out.mov(ecx, r(op.rm));
    const Shift shift = operand == Operand::lsl   ? Shift::shl
                        : operand == Operand::lsr ? Shift::shr
                        : operand == Operand::asr ? Shift::sar
                                                  : Shift::ror;
    if (carry)
        out.alu(Do::xor_, r8d, r8d);
    out.mov(ecx, r(op.rm));
    out.shift(shift, ecx, op.imm);
    if (carry) { // the last bit that was shifted out
        out.set(If::below, r8d);
        out.mov(core(layout_.c), r8d);
    }
}

void X86Code::logical(const Op& op, Alu alu, Operand operand, bool set_flags) {
    load_operand(op, operand, set_flags);
    if (!is_move(alu))
        out.mov(eax, r(op.rn));
    combine_logically(out, alu);
    if (set_flags)
        set_nz();
    if (!is_compare(alu))
        out.mov(r(op.rd), eax);
}

void X86Code::sum(const Op& op, Alu alu, Operand operand, bool set_flags) {
    load_operand(op, operand, false);
    out.mov(eax, r(op.rn));
    if (alu == Alu::rsb) {
        out.mov(r11d, ecx);
        out.mov(ecx, eax);
        out.mov(eax, r11d);
    }
    const bool adds = alu == Alu::add || alu == Alu::cmn || alu == Alu::adc;
    if (set_flags) {
        out.alu(Do::xor_, r8d, r8d);
        out.mov(r11d, u32{0});
    }
    out.alu(adds ? Do::add : Do::sub, eax, ecx);
    if (alu == Alu::adc)
        out.alu(Do::add, eax, core(layout_.c));
    if (set_flags) {
        out.set(adds ? If::below : If::not_below, r8d); // C is NOT borrow
        out.set(If::overflow, r11d);
        out.shift(Shift::shl, r11d, 31);
        out.mov(core(layout_.c), r8d);
        out.mov(core(layout_.v), r11d);
        set_nz();
    }
    if (!is_compare(alu))
        out.mov(r(op.rd), eax);
}

void X86Code::shift(const Op& op, Operand operand) {
    out.movzx8(ecx, r(op.rm));
    out.mov(eax, r(op.rn));
    if (operand == Operand::asr) {
        out.mov(r8d, u32{31});
        out.alu(Do::cmp, ecx, r8d);
        out.cmov(If::greater, ecx, r8d);
        out.shift_by_cl(Shift::sar, eax);
    } else if (operand == Operand::ror) {
        out.shift_by_cl(Shift::ror, eax);
    } else {
        out.shift_by_cl(operand == Operand::lsl ? Shift::shl : Shift::shr, eax);
        out.alu(Do::cmp, ecx, u32{32});
        out.alu(Do::sbb, r8d, r8d);
        out.alu(Do::and_, eax, r8d);
    }
    out.mov(r(op.rd), eax);
}

void X86Code::extend(const Op& op, Extend extend, bool add) {
    out.mov(eax, r(op.rm));
    if ((op.aux & 31) != 0)
        out.shift(Shift::ror, eax, op.aux & 31);
    switch (extend) {
    case Extend::sxtb16:
    case Extend::uxtb16:
        extend_pair(out, extend == Extend::sxtb16);
        break;
    case Extend::sxtb:
        out.movsx8(eax, eax);
        break;
    case Extend::uxtb:
        out.movzx8(eax, eax);
        break;
    case Extend::sxth:
        out.movsx16(eax, eax);
        break;
    case Extend::uxth:
        out.movzx16(eax, eax);
        break;
    }
    if (add)
        out.alu(Do::add, eax, r(op.rn));
    out.mov(r(op.rd), eax);
}

void X86Code::reverse_bytes(const Op& op) {
    out.mov(eax, r(op.rm));
    out.swap_bytes(eax);
    out.mov(r(op.rd), eax);
}

void X86Code::movt(const Op& op) {
    out.movzx16(eax, r(op.rd));
    out.alu(Do::or_, eax, op.imm << 16);
    out.mov(r(op.rd), eax);
}

void X86Code::bfi(const Op& op) {
    out.mov(ecx, r(op.rn));
    if (op.aux != 0)
        out.shift(Shift::shl, ecx, op.aux);
    out.alu(Do::and_, ecx, op.imm);
    out.mov(eax, r(op.rd));
    out.alu(Do::and_, eax, ~op.imm);
    out.alu(Do::or_, eax, ecx);
    out.mov(r(op.rd), eax);
}

void X86Code::bfc(const Op& op) { out.alu(Do::and_, r(op.rd), ~op.imm); }

void X86Code::ubfx(const Op& op) {
    out.mov(eax, r(op.rn));
    out.shift(Shift::shr, eax, op.aux);
    out.alu(Do::and_, eax, op.imm);
    out.mov(r(op.rd), eax);
}

void X86Code::sbfx(const Op& op) {
    out.mov(eax, r(op.rn));
    out.shift(Shift::shl, eax, op.aux);
    out.shift(Shift::sar, eax, op.imm);
    out.mov(r(op.rd), eax);
}

} // namespace tinysim
