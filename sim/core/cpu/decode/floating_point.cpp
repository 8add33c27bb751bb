#include "decoded.hpp"

namespace tinysim {
namespace {

unsigned single_d(u32 code) { return bits<15, 12>(code) << 1 | (code >> 22 & 1); }
unsigned single_n(u32 code) { return bits<19, 16>(code) << 1 | (code >> 7 & 1); }
unsigned single_m(u32 code) { return bits<3, 0>(code) << 1 | (code >> 5 & 1); }

/// The first single of a double register; those above d15 do not exist here.
unsigned double_d(u32 code) { return 2 * ((code >> 22 & 1) << 4 | bits<15, 12>(code)); }
unsigned double_m(u32 code) { return 2 * ((code >> 5 & 1) << 4 | bits<3, 0>(code)); }

void fp_source(Decoded& out, unsigned reg, unsigned count = 1) {
    for (unsigned i = reg; i < reg + count && i < 32; ++i)
        out.info.fp_sources |= 1u << i;
}

void fp_destination(Decoded& out, unsigned reg, unsigned count = 1) {
    for (unsigned i = reg; i < reg + count && i < 32; ++i)
        out.info.fp_destinations |= 1u << i;
}

/// VFPExpandImm.
u32 expand_immediate(u32 imm8) {
    const u32 sign = imm8 >> 7;
    const u32 exponent =
        (~imm8 >> 6 & 1) << 7 | ((imm8 >> 6 & 1) != 0 ? 0x7Cu : 0) | (imm8 >> 4 & 3);
    return sign << 31 | exponent << 23 | (imm8 & 0xF) << 19;
}

void three_operands(Decoded& out, u32 code, FpOperation operation, Kind kind, bool reads_d) {
    out.info.kind = kind;
    out.op.rd = static_cast<u8>(single_d(code));
    out.op.rn = static_cast<u8>(single_n(code));
    out.op.rm = static_cast<u8>(single_m(code));
    fp_source(out, out.op.rn);
    fp_source(out, out.op.rm);
    if (reads_d)
        fp_source(out, out.op.rd);
    fp_destination(out, out.op.rd);
    out.run(fp_handler(operation));
}

void convert(Decoded& out, u32 code) {
    const unsigned opc2 = bits<19, 16>(code);
    const bool top = bit<7>(code);
    const bool is_signed = bit<7>(code);
    switch (opc2) {
    case 2:
    case 3:
        return out.run(fp_half_handler(opc2 == 3, top));
    case 4:
    case 5:
        fp_source(out, out.op.rd);
        out.info.fp_destinations = 0;
        if (opc2 == 5)
            out.info.fp_sources = 1u << out.op.rd;
        return out.run(fp_compare_handler(opc2 == 5, bit<7>(code)));
    case 8: // from an integer: bit 7 says signed
        out.op.imm = 32 | (is_signed ? 1u << 8 : 0);
        return out.run(fixed_to_fp_handler());
    case 12:
    case 13: // to an integer: bit 7 rounds towards zero, bit 16 says signed
        out.op.imm = 32 | (bit<16>(code) ? 1u << 8 : 0) | (bit<7>(code) ? 1u << 9 : 0);
        return out.run(fp_to_fixed_handler());
    case 10:
    case 11:
    case 14:
    case 15: { // fixed point, in place
        const unsigned width = bit<7>(code) ? 32 : 16;
        const unsigned imm5 = bits<3, 0>(code) << 1 | (code >> 5 & 1);
        if (imm5 > width)
            return out.undefined();
        out.op.rm = out.op.rd;
        out.info.fp_sources = 1u << out.op.rd;
        out.op.aux = width - imm5;
        out.op.imm = width | (bit<16>(code) ? 0 : 1u << 8) | 1u << 9;
        return out.run(bit<18>(code) ? fp_to_fixed_handler() : fixed_to_fp_handler());
    }
    default:
        return out.undefined();
    }
}

void other_operations(Decoded& out, u32 code) {
    out.info.kind = Kind::fp;
    out.op.rd = static_cast<u8>(single_d(code));
    fp_destination(out, out.op.rd);
    if (!bit<6>(code)) {
        out.op.imm = expand_immediate(bits<19, 16>(code) << 4 | bits<3, 0>(code));
        return out.run(fp_immediate_handler());
    }
    out.op.rm = static_cast<u8>(single_m(code));
    fp_source(out, out.op.rm);
    const bool second = bit<7>(code);
    switch (bits<19, 16>(code)) {
    case 0:
        return out.run(fp_handler(second ? FpOperation::abs : FpOperation::move));
    case 1:
        if (second)
            out.info.kind = Kind::fp_divide;
        return out.run(fp_handler(second ? FpOperation::sqrt : FpOperation::neg));
    default:
        return convert(out, code);
    }
}

void data_processing(Decoded& out, u32 code) {
    if (bits<11, 8>(code) != 10)
        return out.undefined(); // no double precision
    using enum FpOperation;
    const bool second = bit<6>(code);
    switch (bits<23, 20>(code) & 0xB) {
    case 0:
        return three_operands(out, code, second ? mls : mla, Kind::fp_accumulate, true);
    case 1:
        return three_operands(out, code, second ? nmla : nmls, Kind::fp_accumulate, true);
    case 2:
        return three_operands(out, code, second ? nmul : mul, Kind::fp, false);
    case 3:
        return three_operands(out, code, second ? sub : add, Kind::fp, false);
    case 8:
        if (second)
            return out.undefined();
        return three_operands(out, code, div, Kind::fp_divide, false);
    case 9:
        return three_operands(out, code, second ? fnma : fnms, Kind::fp_accumulate, true);
    case 10:
        return three_operands(out, code, second ? fms : fma, Kind::fp_accumulate, true);
    default:
        return other_operations(out, code);
    }
}

void transfer_pair(Decoded& out, u32 code) {
    const bool to_core = bit<20>(code);
    const bool is_double = bit<8>(code);
    const unsigned first = is_double ? double_m(code) : single_m(code);
    const unsigned low = bits<15, 12>(code);
    const unsigned high = bits<19, 16>(code);
    if (first > 30 || !bit<4>(code) || bits<7, 6>(code) != 0)
        return out.undefined();
    out.info.kind = Kind::fp_pair;
    if (to_core) {
        out.op.rn = static_cast<u8>(first);
        fp_source(out, first, 2);
        out.rd(low);
        out.op.ra = static_cast<u8>(high);
        out.destination(high);
        return out.run(fp_pair_to_core_handler());
    }
    out.op.rd = static_cast<u8>(first);
    fp_destination(out, first, 2);
    out.rn(low);
    out.ra(high);
    out.run(core_to_fp_pair_handler());
}

void transfer(Decoded& out, u32 code) {
    const bool to_core = bit<20>(code);
    const unsigned reg = bits<15, 12>(code);
    out.info.kind = Kind::fp;
    if (!bit<8>(code)) {
        if (bits<23, 21>(code) == 7 && bits<19, 16>(code) == 1) { // FPSCR
            if (to_core) {
                out.op.rd = static_cast<u8>(reg);
                if (reg != 15)
                    out.destination(reg);
                return out.run(fp_status_to_core_handler());
            }
            out.rn(reg);
            out.impure = true;
            return out.run(core_to_fp_status_handler());
        }
        if (bits<23, 21>(code) != 0)
            return out.undefined();
        const unsigned single = single_n(code);
        if (to_core) {
            out.op.rn = static_cast<u8>(single);
            fp_source(out, single);
            out.rd(reg);
            return out.run(fp_to_core_handler());
        }
        out.op.rd = static_cast<u8>(single);
        fp_destination(out, single);
        out.rn(reg);
        return out.run(core_to_fp_handler());
    }
    // VMOV of a scalar: half of a double register
    if (bits<23, 22>(code) != 0 || bits<6, 5>(code) != 0 || bit<7>(code))
        return out.undefined();
    const unsigned single = 2 * bits<19, 16>(code) + (code >> 21 & 1);
    if (to_core) {
        out.op.rn = static_cast<u8>(single);
        fp_source(out, single);
        out.rd(reg);
        return out.run(fp_to_core_handler());
    }
    out.op.rd = static_cast<u8>(single);
    fp_destination(out, single);
    out.rn(reg);
    out.run(core_to_fp_handler());
}

void load_store(Decoded& out, u32 code) {
    const bool load = bit<20>(code);
    const bool is_double = bit<8>(code);
    const bool add = bit<23>(code);
    const unsigned base = bits<19, 16>(code);
    const unsigned first = is_double ? double_d(code) : single_d(code);
    const u32 imm8 = bits<7, 0>(code);
    out.base(base);
    out.op.rd = static_cast<u8>(first);
    if (bit<24>(code) && !bit<21>(code)) { // VLDR, VSTR
        const unsigned count = is_double ? 2 : 1;
        if (first + count > 32)
            return out.undefined();
        out.op.aux = count;
        out.op.imm = add ? 4 * imm8 : 0 - 4 * imm8;
        const Kind kind = is_double ? (load ? Kind::load_double : Kind::store_double)
                                    : (load ? Kind::load : Kind::store);
        out.memory(kind, 4, count);
        if (!load) {
            fp_source(out, first, count);
            return out.run(vector_store_handler());
        }
        fp_destination(out, first, count);
        if (base == 15) {
            out.reads_pc = false;
            out.op.imm += (out.op.pc + 4) & ~3u;
        }
        return out.run(vector_load_handler(base == 15));
    }
    const bool decrement = bit<24>(code);
    const bool write_back = bit<21>(code);
    const unsigned count = is_double ? imm8 & ~1u : imm8;
    if (count == 0 || first + count > 32 || decrement == add || (decrement && !write_back))
        return out.undefined();
    out.op.aux = count;
    out.op.ra = static_cast<u8>(imm8); // FLDMX counts one word more than it loads
    out.op.imm = write_back;
    out.memory(load ? Kind::load_multiple : Kind::store_multiple, 4, count);
    if (write_back)
        out.written_base(base);
    if (load) {
        fp_destination(out, first, count);
        return out.run(vector_load_multiple_handler(decrement));
    }
    fp_source(out, first, count);
    out.run(vector_store_multiple_handler(decrement));
}

} // namespace

void decode_coprocessor(Decoded& out, u32 code) {
    const unsigned coprocessor = bits<11, 8>(code);
    if (bits<25, 24>(code) == 3)
        return out.undefined();
    if (coprocessor != 10 && coprocessor != 11) {
        out.undefined();
        return out.run(no_coprocessor_handler());
    }
    out.fp = true;
    if (bit<28>(code)) { // the second opcode space is empty in this extension
        out.undefined();
        out.fp = true;
        return;
    }
    if (bits<25, 24>(code) == 2) {
        bit<4>(code) ? transfer(out, code) : data_processing(out, code);
    } else if (bits<24, 21>(code) == 2) {
        transfer_pair(out, code);
    } else if (bits<24, 21>(code) == 0) {
        out.undefined();
    } else {
        load_store(out, code);
    }
    out.fp = true;
}

} // namespace tinysim
