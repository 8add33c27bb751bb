#include "../../execute/data_processing.hpp"

#include "x86_code.hpp"

namespace tinysim {
namespace {

using namespace x86;

bool is_logical(Alu alu) {
    return alu != Alu::add && alu != Alu::adc && alu != Alu::sbc && alu != Alu::sub &&
           alu != Alu::rsb && alu != Alu::cmp && alu != Alu::cmn;
}

/// The second operand in ECX; where `carry` is wanted, the shifter's is stored.
bool load_operand(Translation& to, const Op& op, Operand operand, bool carry) {
    auto& out = to.out;
    if (operand == Operand::imm) {
        if (carry && op.aux != 2)
            out.mov(to.core(to.at().c), op.aux);
        out.mov(ecx, op.imm);
        return true;
    }
    if (operand == Operand::reg) {
        out.mov(ecx, to.r(op.rm));
        return true;
    }
    if (operand == Operand::rrx || op.imm == 0 || op.imm > 31)
        return false;
    const Shift shift = operand == Operand::lsl   ? Shift::shl
                        : operand == Operand::lsr ? Shift::shr
                        : operand == Operand::asr ? Shift::sar
                                                  : Shift::ror;
    if (carry)
        out.alu(Do::xor_, r8d, r8d);
    out.mov(ecx, to.r(op.rm));
    out.shift(shift, ecx, op.imm);
    if (carry) { // the last bit that was shifted out
        out.set(If::below, r8d);
        out.mov(to.core(to.at().c), r8d);
    }
    return true;
}

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

bool translate_logical(Translation& to, const Op& op, Alu alu, Operand operand, bool set_flags) {
    if (!load_operand(to, op, operand, set_flags))
        return false;
    auto& out = to.out;
    if (!is_move(alu))
        out.mov(eax, to.r(op.rn));
    combine_logically(out, alu);
    if (set_flags)
        to.set_nz();
    if (!is_compare(alu))
        out.mov(to.r(op.rd), eax);
    return true;
}

bool translate_sum(Translation& to, const Op& op, Alu alu, Operand operand, bool set_flags) {
    const bool with_carry = alu == Alu::adc || alu == Alu::sbc;
    if (with_carry && (set_flags || alu == Alu::sbc))
        return false;
    if (!load_operand(to, op, operand, false))
        return false;
    auto& out = to.out;
    out.mov(eax, to.r(op.rn));
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
        out.alu(Do::add, eax, to.core(to.at().c));
    if (set_flags) {
        out.set(adds ? If::below : If::not_below, r8d); // C is NOT borrow
        out.set(If::overflow, r11d);
        out.shift(Shift::shl, r11d, 31);
        out.mov(to.core(to.at().c), r8d);
        out.mov(to.core(to.at().v), r11d);
        to.set_nz();
    }
    if (!is_compare(alu))
        out.mov(to.r(op.rd), eax);
    return true;
}

/// Shifts by a register: its low byte, of which 32 and more leave nothing but signs.
bool translate_shift(Translation& to, const Op& op, Operand operand) {
    auto& out = to.out;
    out.movzx8(ecx, to.r(op.rm));
    out.mov(eax, to.r(op.rn));
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
    out.mov(to.r(op.rd), eax);
    return true;
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

bool translate_extend(Translation& to, const Op& op, Extend extend, bool add) {
    const bool pair = extend == Extend::sxtb16 || extend == Extend::uxtb16;
    auto& out = to.out;
    if (pair && add)
        return false;
    out.mov(eax, to.r(op.rm));
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
        out.alu(Do::add, eax, to.r(op.rn));
    out.mov(to.r(op.rd), eax);
    return true;
}

void add_bit_fields(Emitters& all) {
    all[movt_handler()] = [](Translation& to, const Op& op) {
        to.out.movzx16(eax, to.r(op.rd));
        to.out.alu(Do::or_, eax, op.imm << 16);
        to.out.mov(to.r(op.rd), eax);
        return true;
    };
    all[bfi_handler()] = [](Translation& to, const Op& op) {
        to.out.mov(ecx, to.r(op.rn));
        if (op.aux != 0)
            to.out.shift(Shift::shl, ecx, op.aux);
        to.out.alu(Do::and_, ecx, op.imm);
        to.out.mov(eax, to.r(op.rd));
        to.out.alu(Do::and_, eax, ~op.imm);
        to.out.alu(Do::or_, eax, ecx);
        to.out.mov(to.r(op.rd), eax);
        return true;
    };
    all[bfc_handler()] = [](Translation& to, const Op& op) {
        to.out.alu(Do::and_, to.r(op.rd), ~op.imm);
        return true;
    };
    all[ubfx_handler()] = [](Translation& to, const Op& op) {
        to.out.mov(eax, to.r(op.rn));
        to.out.shift(Shift::shr, eax, op.aux);
        to.out.alu(Do::and_, eax, op.imm);
        to.out.mov(to.r(op.rd), eax);
        return true;
    };
    all[sbfx_handler()] = [](Translation& to, const Op& op) {
        to.out.mov(eax, to.r(op.rn));
        to.out.shift(Shift::shl, eax, op.aux);
        to.out.shift(Shift::sar, eax, op.imm);
        to.out.mov(to.r(op.rd), eax);
        return true;
    };
}

} // namespace

void add_data_processing(Emitters& all) {
    for (int number = 0; number <= static_cast<int>(Alu::cmn); ++number)
        for (int kind = 0; kind <= static_cast<int>(Operand::rrx); ++kind)
            for (const bool set_flags : {false, true}) {
                const auto alu = static_cast<Alu>(number);
                const auto operand = static_cast<Operand>(kind);
                const bool flags = set_flags || is_compare(alu);
                const auto translate = is_logical(alu) ? translate_logical : translate_sum;
                all[alu_handler(alu, operand, flags)] = [=](Translation& to, const Op& op) {
                    return translate(to, op, alu, operand, flags);
                };
            }
    for (const Operand shift : {Operand::lsl, Operand::lsr, Operand::asr, Operand::ror})
        all[shift_handler(shift, false)] = [shift](Translation& to, const Op& op) {
            return translate_shift(to, op, shift);
        };
    for (int number = 0; number <= static_cast<int>(Extend::uxtb16); ++number)
        for (const bool add : {false, true})
            all[extend_handler(static_cast<Extend>(number), add)] =
                [extend = static_cast<Extend>(number), add](Translation& to, const Op& op) {
                    return translate_extend(to, op, extend, add);
                };
    all[reverse_handler(Reverse::rev)] = [](Translation& to, const Op& op) {
        to.out.mov(eax, to.r(op.rm));
        to.out.swap_bytes(eax);
        to.out.mov(to.r(op.rd), eax);
        return true;
    };
    add_bit_fields(all);
}

} // namespace tinysim
