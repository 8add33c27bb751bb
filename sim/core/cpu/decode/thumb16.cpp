#include "decoded.hpp"

namespace tinysim {
namespace {

void shift_add_subtract_move(Decoded& out, u32 code, bool flags) {
    const unsigned low = bits<2, 0>(code);
    const unsigned middle = bits<5, 3>(code);
    if (bits<13, 11>(code) < 3) {
        out.rd(low);
        out.rm(middle);
        const unsigned type = bits<12, 11>(code);
        out.alu(Alu::mov, decode_shift(out, type, bits<10, 6>(code)), flags);
        return;
    }
    if (bits<13, 11>(code) == 3) {
        out.rd(low);
        out.rn(middle);
        const Alu alu = bit<9>(code) ? Alu::sub : Alu::add;
        if (bit<10>(code)) {
            out.op.imm = bits<8, 6>(code);
            out.alu(alu, Operand::imm, flags);
        } else {
            out.rm(bits<8, 6>(code));
            out.alu(alu, Operand::reg, flags);
        }
        return;
    }
    const unsigned reg = bits<10, 8>(code);
    out.op.imm = bits<7, 0>(code);
    out.op.aux = 2;
    switch (bits<12, 11>(code)) {
    case 0:
        out.rd(reg);
        out.alu(Alu::mov, Operand::imm, flags);
        break;
    case 1:
        out.rn(reg);
        out.alu(Alu::cmp, Operand::imm, true);
        break;
    default:
        out.rd(reg);
        out.rn(reg);
        out.alu(bit<11>(code) ? Alu::sub : Alu::add, Operand::imm, flags);
    }
}

void data_processing(Decoded& out, u32 code, bool flags) {
    const unsigned low = bits<2, 0>(code);
    const unsigned middle = bits<5, 3>(code);
    const auto two = [&](Alu alu) {
        if (!is_compare(alu))
            out.rd(low);
        out.rn(low);
        out.rm(middle);
        out.alu(alu, Operand::reg, flags || is_compare(alu));
    };
    const auto shift = [&](Operand operand) {
        out.rd(low);
        out.rn(low);
        out.rm(middle);
        out.run(shift_handler(operand, flags));
    };
    switch (bits<9, 6>(code)) {
    case 0:
        return two(Alu::and_);
    case 1:
        return two(Alu::eor);
    case 2:
        return shift(Operand::lsl);
    case 3:
        return shift(Operand::lsr);
    case 4:
        return shift(Operand::asr);
    case 5:
        return two(Alu::adc);
    case 6:
        return two(Alu::sbc);
    case 7:
        return shift(Operand::ror);
    case 8:
        return two(Alu::tst);
    case 9: // RSB rd, rn, #0
        out.rd(low);
        out.rn(middle);
        return out.alu(Alu::rsb, Operand::imm, flags);
    case 10:
        return two(Alu::cmp);
    case 11:
        return two(Alu::cmn);
    case 12:
        return two(Alu::orr);
    case 13:
        out.rd(low);
        out.rn(middle);
        out.rm(low);
        out.info.kind = Kind::multiply;
        return out.run(mul_handler(flags));
    case 14:
        return two(Alu::bic);
    default:
        out.rd(low);
        out.rm(middle);
        return out.alu(Alu::mvn, Operand::reg, flags);
    }
}

void high_registers(Decoded& out, u32 code) {
    const unsigned d = bits<2, 0>(code) | (bit<7>(code) ? 8 : 0);
    const unsigned m = bits<6, 3>(code);
    switch (bits<9, 8>(code)) {
    case 0:
        out.rm(m);
        if (d == 15)
            return out.indirect(Kind::branch_register, add_pc_handler());
        out.rd(d);
        out.rn(d);
        return out.alu(Alu::add, Operand::reg, false);
    case 1:
        out.rn(d);
        out.rm(m);
        return out.alu(Alu::cmp, Operand::reg, true);
    case 2:
        out.rm(m);
        if (d == 15)
            return out.indirect(Kind::branch_register, move_pc_handler());
        out.rd(d);
        return out.alu(Alu::mov, Operand::reg, false);
    default:
        out.rm(m);
        if (bit<7>(code))
            out.destination(14);
        return out.indirect(Kind::branch_register, branch_exchange_handler(bit<7>(code)));
    }
}

void load_store_register(Decoded& out, u32 code) {
    static constexpr struct {
        bool load;
        Width width;
        unsigned bytes;
    } forms[] = {{false, Width::word, 4}, {false, Width::half, 2},
                 {false, Width::byte, 1}, {true, Width::signed_byte, 1},
                 {true, Width::word, 4},  {true, Width::half, 2},
                 {true, Width::byte, 1},  {true, Width::signed_half, 2}};
    const auto& form = forms[bits<11, 9>(code)];
    out.base(bits<5, 3>(code));
    out.index(bits<8, 6>(code));
    if (form.load) {
        out.rd(bits<2, 0>(code));
        out.memory(Kind::load, form.bytes);
        out.run(load_handler(form.width, Address::shifted));
    } else {
        out.op.rd = static_cast<u8>(bits<2, 0>(code));
        out.source(out.op.rd);
        out.memory(Kind::store, form.bytes);
        out.run(store_handler(form.width, Address::shifted));
    }
}

void load_store_immediate(Decoded& out, unsigned reg, unsigned base, u32 offset, bool load,
                          Width width, unsigned bytes) {
    out.base(base);
    out.op.imm = offset;
    out.op.rd = static_cast<u8>(reg);
    out.memory(load ? Kind::load : Kind::store, bytes);
    if (load)
        out.destination(reg);
    else
        out.source(reg);
    out.run(load ? load_handler(width, Address::offset) : store_handler(width, Address::offset));
}

void adjust_sp(Decoded& out, unsigned destination, unsigned source, u32 offset, bool subtract) {
    out.rd(destination);
    out.rn(source);
    out.op.imm = offset;
    out.alu(subtract ? Alu::sub : Alu::add, Operand::imm, false);
}

void push_pop(Decoded& out, u32 code) {
    const bool pop = bit<11>(code);
    const u32 list = bits<7, 0>(code) | (bit<8>(code) ? 1u << (pop ? 15 : 14) : 0);
    const unsigned count = static_cast<unsigned>(__builtin_popcount(list));
    if (count == 0)
        return out.undefined();
    out.base(13);
    out.written_base(13);
    out.op.imm = list;
    out.op.aux = count;
    out.memory(pop ? Kind::load_multiple : Kind::store_multiple, 4, count);
    if (pop) {
        const bool to_pc = bit<15>(list);
        out.info.destinations |= static_cast<u16>(list & 0x7FFF);
        out.run(load_multiple_handler(false, true, to_pc));
        out.ends = out.info.writes_pc = to_pc;
    } else {
        out.info.sources |= static_cast<u16>(list);
        out.op.decrement = true;
        out.run(store_multiple_handler(true, true));
    }
}

void miscellaneous(Decoded& out, u32 code) {
    const unsigned low = bits<2, 0>(code);
    const unsigned middle = bits<5, 3>(code);
    switch (bits<11, 8>(code)) {
    case 0:
        return adjust_sp(out, 13, 13, 4 * bits<6, 0>(code), bit<7>(code));
    case 1:
    case 3:
    case 9:
    case 11:
        out.rn(low);
        return out.branch(out.op.pc + 4 + ((bits<7, 3>(code) | (bit<9>(code) ? 32 : 0)) << 1),
                          compare_branch_handler(bit<11>(code)));
    case 2: {
        static constexpr Extend extends[] = {Extend::sxth, Extend::sxtb, Extend::uxth,
                                             Extend::uxtb};
        out.rd(low);
        out.rm(middle);
        return out.run(extend_handler(extends[bits<7, 6>(code)], false));
    }
    case 4:
    case 5:
    case 12:
    case 13:
        return push_pop(out, code);
    case 6:
        if (bits<7, 5>(code) != 3)
            return out.undefined();
        out.op.imm = bits<1, 0>(code);
        return out.system(change_state_handler(bit<4>(code)));
    case 10: {
        static constexpr Reverse reverses[] = {Reverse::rev, Reverse::rev16, Reverse::rev,
                                               Reverse::revsh};
        if (bits<7, 6>(code) == 2)
            return out.undefined();
        out.rd(low);
        out.rm(middle);
        return out.run(reverse_handler(reverses[bits<7, 6>(code)]));
    }
    case 14:
        out.op.imm = bits<7, 0>(code);
        return out.system(breakpoint_handler());
    case 15:
        if (bits<3, 0>(code) == 0)
            return decode_hint(out, bits<7, 4>(code));
        out.info.kind = Kind::it;
        return out.run(nop_handler());
    default:
        return out.undefined();
    }
}

void multiple(Decoded& out, u32 code) {
    const unsigned base = bits<10, 8>(code);
    const u32 list = bits<7, 0>(code);
    const unsigned count = static_cast<unsigned>(__builtin_popcount(list));
    if (count == 0)
        return out.undefined();
    out.base(base);
    out.op.imm = list;
    out.op.aux = count;
    if (bit<11>(code)) {
        const bool write_back = (list >> base & 1) == 0;
        out.memory(Kind::load_multiple, 4, count);
        out.info.destinations = static_cast<u16>(list);
        if (write_back)
            out.written_base(base);
        return out.run(load_multiple_handler(false, write_back, false));
    }
    out.memory(Kind::store_multiple, 4, count);
    out.info.sources |= static_cast<u16>(list);
    out.written_base(base);
    out.run(store_multiple_handler(false, true));
}

void conditional_branch(Decoded& out, u32 code) {
    const unsigned condition = bits<11, 8>(code);
    if (condition == 14)
        return out.undefined();
    if (condition == 15)
        return out.system(supervisor_call_handler());
    const u32 offset = static_cast<u32>(sign_extend<9>(bits<7, 0>(code) << 1));
    out.branch(out.op.pc + 4 + offset, conditional_branch_handler(condition));
}

} // namespace

void decode_hint(Decoded& out, unsigned number) {
    switch (number) {
    case 2:
        return out.system(wait_handler(true));
    case 3:
        return out.system(wait_handler(false));
    case 4:
        out.impure = true;
        return out.run(send_event_handler());
    default:
        return out.run(nop_handler());
    }
}

Operand decode_shift(Decoded& out, unsigned type, unsigned amount) {
    out.op.imm = amount;
    switch (type) {
    case 0:
        return amount == 0 ? Operand::reg : Operand::lsl;
    case 1:
        out.op.imm = amount == 0 ? 32 : amount;
        return Operand::lsr;
    case 2:
        out.op.imm = amount == 0 ? 32 : amount;
        return Operand::asr;
    default:
        return amount == 0 ? Operand::rrx : Operand::ror;
    }
}

void decode_thumb16(Decoded& out, u32 code, bool in_it) {
    const bool flags = !in_it;
    switch (bits<15, 12>(code)) {
    case 0:
    case 1:
    case 2:
    case 3:
        return shift_add_subtract_move(out, code, flags);
    case 4:
        if (bit<11>(code)) {
            out.op.imm = ((out.op.pc + 4) & ~3u) + 4 * bits<7, 0>(code);
            out.rd(bits<10, 8>(code));
            out.memory(Kind::load, 4);
            return out.run(load_handler(Width::word, Address::literal));
        }
        return bit<10>(code) ? high_registers(out, code) : data_processing(out, code, flags);
    case 5:
        return load_store_register(out, code);
    case 6:
        return load_store_immediate(out, bits<2, 0>(code), bits<5, 3>(code), 4 * bits<10, 6>(code),
                                    bit<11>(code), Width::word, 4);
    case 7:
        return load_store_immediate(out, bits<2, 0>(code), bits<5, 3>(code), bits<10, 6>(code),
                                    bit<11>(code), Width::byte, 1);
    case 8:
        return load_store_immediate(out, bits<2, 0>(code), bits<5, 3>(code), 2 * bits<10, 6>(code),
                                    bit<11>(code), Width::half, 2);
    case 9:
        return load_store_immediate(out, bits<10, 8>(code), 13, 4 * bits<7, 0>(code), bit<11>(code),
                                    Width::word, 4);
    case 10:
        if (bit<11>(code))
            return adjust_sp(out, bits<10, 8>(code), 13, 4 * bits<7, 0>(code), false);
        out.rd(bits<10, 8>(code));
        out.op.imm = ((out.op.pc + 4) & ~3u) + 4 * bits<7, 0>(code);
        return out.alu(Alu::mov, Operand::imm, false);
    case 11:
        return miscellaneous(out, code);
    case 12:
        return multiple(out, code);
    case 13:
        return conditional_branch(out, code);
    default: // 0xE000: B
        return out.branch(out.op.pc + 4 + static_cast<u32>(sign_extend<12>(bits<10, 0>(code) << 1)),
                          branch_handler());
    }
}

} // namespace tinysim
