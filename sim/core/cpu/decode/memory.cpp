#include "decoded.hpp"

namespace tinysim {
namespace {

u32 negated(u32 value, bool add) { return add ? value : 0 - value; }

unsigned bytes_of(Width width) {
    switch (width) {
    case Width::word:
        return 4;
    case Width::half:
    case Width::signed_half:
        return 2;
    default:
        return 1;
    }
}

} // namespace

void decode_multiple(Decoded& out, u32 code) {
    const unsigned base = bits<19, 16>(code);
    const bool load = bit<20>(code);
    const bool write_back = bit<21>(code);
    const unsigned mode = bits<24, 23>(code);
    const u32 list = code & 0xDFFF;
    const unsigned count = static_cast<unsigned>(__builtin_popcount(list));
    if (mode == 0 || mode == 3 || count < 2 || base == 15 || (!load && bit<15>(list)))
        return out.undefined();
    const bool decrement = mode == 2;
    out.op.decrement = decrement;
    out.base(base);
    out.op.imm = list;
    out.op.aux = count;
    if (load) {
        const bool to_pc = bit<15>(list);
        out.memory(Kind::load_multiple, 4, count);
        out.info.destinations = static_cast<u16>(list & 0x7FFF);
        if (write_back)
            out.written_base(base);
        out.ends = out.info.writes_pc = to_pc;
        return out.run(load_multiple_handler(decrement, write_back, to_pc));
    }
    out.memory(Kind::store_multiple, 4, count);
    out.info.sources |= static_cast<u16>(list);
    if (write_back)
        out.written_base(base);
    out.run(store_multiple_handler(decrement, write_back));
}

void decode_double_and_exclusive(Decoded& out, u32 code) {
    const unsigned base = bits<19, 16>(code);
    const bool load = bit<20>(code);
    const unsigned low = bits<15, 12>(code);
    const unsigned high = bits<11, 8>(code);
    const u32 offset = 4 * bits<7, 0>(code);
    const bool pre = bit<24>(code);
    const bool write_back = bit<21>(code);
    out.base(base);
    out.op.rd = static_cast<u8>(low);
    out.op.ra = static_cast<u8>(high);
    if (pre || write_back) {
        const Address address = !pre ? Address::post : write_back ? Address::pre : Address::offset;
        out.op.imm = negated(offset, bit<23>(code));
        out.memory(load ? Kind::load_double : Kind::store_double, 4, 2);
        if (write_back)
            out.written_base(base);
        if (!load) {
            out.source(low);
            out.source(high);
            return out.run(store_double_handler(address));
        }
        out.destination(low);
        out.destination(high);
        if (base != 15)
            return out.run(load_double_handler(address));
        out.reads_pc = false;
        out.op.imm += (out.op.pc + 4) & ~3u;
        return out.run(load_double_handler(Address::literal));
    }
    if (!bit<23>(code)) { // STREX rd, rt, [rn, #imm]; LDREX
        out.op.imm = offset;
        out.memory(load ? Kind::load : Kind::store, 4);
        out.impure = true;
        if (load) {
            out.destination(low);
            return out.run(load_exclusive_handler(Width::word));
        }
        out.source(low);
        out.destination(high);
        return out.run(store_exclusive_handler(Width::word));
    }
    const unsigned which = bits<7, 4>(code);
    if (load && which < 2) { // TBB, TBH
        out.reads_pc = false;
        out.index(bits<3, 0>(code));
        out.memory(Kind::table_branch, which == 1 ? 2 : 1);
        out.ends = out.info.writes_pc = true;
        return out.run(table_branch_handler(which == 1));
    }
    if (which != 4 && which != 5)
        return out.undefined();
    const Width width = which == 4 ? Width::byte : Width::half;
    out.op.imm = 0;
    out.memory(load ? Kind::load : Kind::store, bytes_of(width));
    out.impure = true;
    if (load) {
        out.destination(low);
        return out.run(load_exclusive_handler(width));
    }
    out.op.ra = static_cast<u8>(bits<3, 0>(code));
    out.source(low);
    out.destination(out.op.ra);
    out.run(store_exclusive_handler(width));
}

void decode_single_access(Decoded& out, u32 code) {
    const unsigned base = bits<19, 16>(code);
    const unsigned reg = bits<15, 12>(code);
    const bool load = bit<20>(code);
    const bool is_signed = bit<24>(code);
    Width width = Width::word;
    switch (bits<22, 21>(code)) {
    case 0:
        width = is_signed ? Width::signed_byte : Width::byte;
        break;
    case 1:
        width = is_signed ? Width::signed_half : Width::half;
        break;
    case 2:
        if (is_signed)
            return out.undefined();
        break;
    default:
        return out.undefined();
    }
    if (is_signed && !load)
        return out.undefined();
    const bool literal = base == 15;
    if (literal && !load)
        return out.undefined();
    Address address = Address::offset;
    if (literal) {
        out.op.imm = ((out.op.pc + 4) & ~3u) + negated(bits<11, 0>(code), bit<23>(code));
        address = Address::literal;
    } else if (bit<23>(code)) {
        out.base(base);
        out.op.imm = bits<11, 0>(code);
    } else if (bit<11>(code)) {
        const bool pre = bit<10>(code);
        const bool write_back = bit<8>(code);
        if (!pre && !write_back)
            return out.undefined();
        out.base(base);
        out.op.imm = negated(bits<7, 0>(code), bit<9>(code));
        // P and U without W is the unprivileged form (LDRT, STRT).
        if (write_back) {
            address = pre ? Address::pre : Address::post;
            out.written_base(base);
        } else if (bit<9>(code) && !(load && reg == 15)) {
            address = Address::unprivileged;
        }
    } else {
        if (bits<10, 6>(code) != 0)
            return out.undefined();
        out.base(base);
        out.index(bits<3, 0>(code));
        out.op.imm = bits<5, 4>(code);
        address = Address::shifted;
    }
    out.op.rd = static_cast<u8>(reg);
    if (!load) {
        out.source(reg);
        out.memory(Kind::store, bytes_of(width));
        return out.run(store_handler(width, address));
    }
    if (reg == 15) {
        if (width != Width::word) { // PLD, PLI and unallocated hints
            out = Decoded{out.op, out.info};
            out.info.sources = out.info.address_sources = out.info.destinations = 0;
            out.info.kind = Kind::alu;
            return out.run(nop_handler());
        }
        out.memory(Kind::load, 4);
        out.ends = out.info.writes_pc = true;
        return out.run(load_pc_handler(address));
    }
    out.destination(reg);
    out.memory(Kind::load, bytes_of(width));
    out.run(load_handler(width, address));
}

} // namespace tinysim
