#include "arm64_code.hpp"

namespace tinysim {

using namespace arm64;

namespace {

/// MOV and MVN are ORR and ORN with zero.
Do combination(Alu alu) {
    switch (alu) {
    case Alu::and_:
    case Alu::tst:
        return Do::and_;
    case Alu::bic:
        return Do::bic;
    case Alu::orn:
    case Alu::mvn:
        return Do::orn;
    case Alu::eor:
    case Alu::teq:
        return Do::eor;
    default:
        return Do::orr;
    }
}

} // namespace

void Arm64Code::load_operand(const Op& op, Operand operand, bool carry) {
    if (operand == Operand::imm) {
        if (carry && op.aux != 2) {
            out.constant(r3, op.aux);
            store(core(layout_.c), r3);
        }
        return out.constant(r3, op.imm);
    }
    load(r3, r(op.rm));
    if (operand == Operand::reg)
        return;
    if (carry) { // the last bit that is shifted out
        out.ubfx(r4, r3, operand == Operand::lsl ? 32 - op.imm : op.imm - 1, 1);
        store(core(layout_.c), r4);
    }
    if (operand == Operand::lsl)
        out.lsl(r3, r3, op.imm);
    else if (operand == Operand::lsr)
        out.lsr(r3, r3, op.imm);
    else if (operand == Operand::asr)
        out.asr(r3, r3, op.imm);
    else
        out.ror(r3, r3, op.imm);
}

void Arm64Code::logical(const Op& op, Alu alu, Operand operand, bool set_flags) {
    load_operand(op, operand, set_flags);
    if (!is_move(alu))
        load(r2, r(op.rn));
    out.alu(combination(alu), r2, is_move(alu) ? zero : r2, r3);
    if (set_flags)
        set_nz();
    if (!is_compare(alu))
        store(r(op.rd), r2);
}

void Arm64Code::sum(const Op& op, Alu alu, Operand operand, bool set_flags) {
    const bool adds = alu == Alu::add || alu == Alu::cmn || alu == Alu::adc;
    const Do what = adds ? set_flags ? Do::adds : Do::add : set_flags ? Do::subs : Do::sub;
    load(r2, r(op.rn));
    if (operand == Operand::imm && op.imm < 0x1000 && alu != Alu::rsb) {
        out.alu(what, r2, r2, op.imm);
    } else {
        load_operand(op, operand, false);
        if (alu == Alu::rsb)
            out.alu(what, r2, r3, r2);
        else
            out.alu(what, r2, r2, r3);
    }
    if (alu == Alu::adc) {
        load(r3, core(layout_.c));
        out.alu(Do::add, r2, r2, r3);
    }
    if (set_flags) { // which mean the same here, the carry of a subtraction too
        out.set(If::carry, r3);
        out.set_all(If::overflow, r4);
        store(core(layout_.c), r3);
        store(core(layout_.v), r4);
        set_nz();
    }
    if (!is_compare(alu))
        store(r(op.rd), r2);
}

void Arm64Code::shift(const Op& op, Operand operand) {
    out.move(Move::ldrb, r3, r(op.rm));
    load(r2, r(op.rn));
    if (operand == Operand::ror) {
        out.alu(Do::ror, r2, r2, r3);
    } else if (operand == Operand::asr) {
        out.constant(r4, 31);
        out.compare(r3, r4);
        out.select(If::higher, r3, r4, r3);
        out.alu(Do::asr, r2, r2, r3);
    } else {
        out.alu(operand == Operand::lsl ? Do::lsl : Do::lsr, r2, r2, r3);
        out.compare(r3, 32);
        out.select(If::no_carry, r2, r2, zero);
    }
    store(r(op.rd), r2);
}

void Arm64Code::extend(const Op& op, Extend extend, bool add) {
    const bool is_signed =
        extend == Extend::sxtb || extend == Extend::sxth || extend == Extend::sxtb16;
    const bool pair = extend == Extend::sxtb16 || extend == Extend::uxtb16;
    const u32 width = extend == Extend::sxth || extend == Extend::uxth ? 16 : 8;
    const auto field = is_signed ? &Assembler::sbfx : &Assembler::ubfx;
    load(r3, r(op.rm));
    if ((op.aux & 31) != 0)
        out.ror(r3, r3, op.aux & 31);
    (out.*field)(r2, r3, 0, width);
    if (pair) {
        (out.*field)(r3, r3, 16, width);
        out.bfi(r2, r3, 16, 16);
    }
    if (add) {
        load(r3, r(op.rn));
        out.alu(Do::add, r2, r2, r3);
    }
    store(r(op.rd), r2);
}

void Arm64Code::reverse_bytes(const Op& op) {
    load(r2, r(op.rm));
    out.swap_bytes(r2, r2);
    store(r(op.rd), r2);
}

void Arm64Code::movt(const Op& op) {
    out.constant(r2, op.imm);
    out.move(Move::strh, r2, r(op.rd, 2));
}

void Arm64Code::bfi(const Op& op) {
    load(r3, r(op.rn));
    load(r2, r(op.rd));
    out.bfi(r2, r3, op.aux, static_cast<u32>(__builtin_popcount(op.imm)));
    store(r(op.rd), r2);
}

void Arm64Code::bfc(const Op& op) {
    load(r2, r(op.rd));
    out.bfi(r2, zero, static_cast<u32>(__builtin_ctz(op.imm)),
            static_cast<u32>(__builtin_popcount(op.imm)));
    store(r(op.rd), r2);
}

void Arm64Code::ubfx(const Op& op) {
    load(r2, r(op.rn));
    out.ubfx(r2, r2, op.aux, static_cast<u32>(__builtin_popcount(op.imm)));
    store(r(op.rd), r2);
}

void Arm64Code::sbfx(const Op& op) {
    load(r2, r(op.rn));
    out.sbfx(r2, r2, op.imm - op.aux, 32 - op.imm);
    store(r(op.rd), r2);
}

} // namespace tinysim
