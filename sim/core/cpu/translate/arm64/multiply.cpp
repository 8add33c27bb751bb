#include "arm64_code.hpp"

namespace tinysim {

using namespace arm64;

void Arm64Code::multiply(const Op& op, bool set_flags) {
    load(r2, r(op.rn));
    load(r3, r(op.rm));
    out.multiply(Multiply::madd, r2, r2, r3);
    store(r(op.rd), r2);
    if (set_flags)
        set_nz();
}

void Arm64Code::multiply_accumulate(const Op& op, bool subtract) {
    load(r2, r(op.rn));
    load(r3, r(op.rm));
    load(r4, r(op.ra));
    out.multiply(subtract ? Multiply::msub : Multiply::madd, r2, r2, r3, r4);
    store(r(op.rd), r2);
}

void Arm64Code::multiply_long(const Op& op, Long kind) {
    const bool accumulate = kind == Long::smlal || kind == Long::umlal;
    const bool is_signed = kind == Long::smull || kind == Long::smlal;
    load(r2, r(op.rn));
    load(r3, r(op.rm));
    if (accumulate) {
        load(r4, r(op.rd));
        load(r5, r(op.ra));
        out.bfi64(r4, r5, 32, 32);
    }
    out.multiply(is_signed ? Multiply::smaddl : Multiply::umaddl, r2, r2, r3,
                 accumulate ? r4 : zero);
    store(r(op.rd), r2);
    out.lsr64(r2, r2, 32);
    store(r(op.ra), r2);
}

void Arm64Code::load_half(Reg to, unsigned number, bool top) {
    out.move(Move::ldrsh, to, r(number, top ? 2 : 0));
}

void Arm64Code::leave_if_wide() {
    out.compare_extended(r2, r2);
    leave_if(If::not_equal);
}

void Arm64Code::multiply_halves(const Op& op, bool accumulate, bool top_n, bool top_m) {
    load_half(r2, op.rn, top_n);
    load_half(r3, op.rm, top_m);
    if (accumulate)
        out.move(Move::ldrsw, r4, r(op.ra));
    out.multiply(Multiply::smaddl, r2, r2, r3, accumulate ? r4 : zero);
    if (accumulate)
        leave_if_wide();
    store(r(op.rd), r2);
}

void Arm64Code::multiply_dual(const Op& op, bool accumulate) {
    load_half(r2, op.rn, false);
    load_half(r3, op.rm, false);
    load_half(r4, op.rn, true);
    load_half(r5, op.rm, true);
    if (accumulate)
        out.move(Move::ldrsw, r6, r(op.ra));
    out.multiply(Multiply::smaddl, r2, r2, r3, accumulate ? r6 : zero);
    out.multiply(Multiply::smaddl, r2, r4, r5, r2);
    leave_if_wide();
    store(r(op.rd), r2);
}

void Arm64Code::multiply_most(const Op& op, Most kind, bool round) {
    load(r2, r(op.rn));
    load(r3, r(op.rm));
    if (kind == Most::smmla) {
        load(r4, r(op.ra));
        out.lsl64(r4, r4, 32);
    }
    out.multiply(Multiply::smaddl, r2, r2, r3, kind == Most::smmla ? r4 : zero);
    if (round) {
        out.constant(r3, 0x80000000);
        out.alu64(Do::add, r2, r2, r3);
    }
    out.lsr64(r2, r2, 32);
    store(r(op.rd), r2);
}

} // namespace tinysim
