#include "decoded.hpp"

namespace tinysim {
namespace {

/// ThumbExpandImm_C (A5.3.2): the constant, and the shifter's carry (2: as it was).
u32 expand_immediate(u32 imm12, u32& carry) {
    carry = 2;
    const u32 byte = imm12 & 0xFF;
    if (bits<11, 10>(imm12) == 0) {
        switch (bits<9, 8>(imm12)) {
        case 0:
            return byte;
        case 1:
            return byte << 16 | byte;
        case 2:
            return byte << 24 | byte << 8;
        default:
            return byte * 0x01010101u;
        }
    }
    const u32 value = rotate_right(0x80 | (imm12 & 0x7F), bits<11, 7>(imm12));
    carry = value >> 31;
    return value;
}

u32 immediate12(u32 code) {
    return (bit<26>(code) ? 0x800u : 0) | bits<14, 12>(code) << 8 | bits<7, 0>(code);
}

constexpr int none = -1;

/// The operation of bits 24-21 of a data-processing instruction: with PC as destination it
/// is a comparison, with PC as first operand a move.
int operation(u32 code) {
    const bool to_flags = bits<11, 8>(code) == 15 && bit<20>(code);
    const bool move = bits<19, 16>(code) == 15;
    switch (bits<24, 21>(code)) {
    case 0:
        return static_cast<int>(to_flags ? Alu::tst : Alu::and_);
    case 1:
        return static_cast<int>(Alu::bic);
    case 2:
        return static_cast<int>(move ? Alu::mov : Alu::orr);
    case 3:
        return static_cast<int>(move ? Alu::mvn : Alu::orn);
    case 4:
        return static_cast<int>(to_flags ? Alu::teq : Alu::eor);
    case 8:
        return static_cast<int>(to_flags ? Alu::cmn : Alu::add);
    case 10:
        return static_cast<int>(Alu::adc);
    case 11:
        return static_cast<int>(Alu::sbc);
    case 13:
        return static_cast<int>(to_flags ? Alu::cmp : Alu::sub);
    case 14:
        return static_cast<int>(Alu::rsb);
    default:
        return none;
    }
}

void operands(Decoded& out, u32 code, Alu alu) {
    if (!is_compare(alu))
        out.rd(bits<11, 8>(code));
    if (!is_move(alu))
        out.rn(bits<19, 16>(code));
}

} // namespace

void decode_modified_immediate(Decoded& out, u32 code) {
    const int found = operation(code);
    if (found == none)
        return out.undefined();
    const Alu alu = static_cast<Alu>(found);
    operands(out, code, alu);
    out.op.imm = expand_immediate(immediate12(code), out.op.aux);
    out.alu(alu, Operand::imm, bit<20>(code));
}

void decode_shifted_register(Decoded& out, u32 code) {
    const unsigned shift = bits<14, 12>(code) << 2 | bits<7, 6>(code);
    if (bits<24, 21>(code) == 6) {
        if (bit<20>(code) || bit<4>(code))
            return out.undefined();
        const bool top = bit<5>(code);
        out.rd(bits<11, 8>(code));
        out.rn(bits<19, 16>(code));
        out.rm(bits<3, 0>(code));
        out.op.aux = top && shift == 0 ? 31 : shift; // ASR #32 gives what ASR #31 gives
        return out.run(pack_handler(top));
    }
    const int found = operation(code);
    if (found == none)
        return out.undefined();
    const Alu alu = static_cast<Alu>(found);
    operands(out, code, alu);
    out.rm(bits<3, 0>(code));
    out.alu(alu, decode_shift(out, bits<5, 4>(code), shift), bit<20>(code));
}

void decode_plain_immediate(Decoded& out, u32 code) {
    const unsigned d = bits<11, 8>(code);
    const unsigned n = bits<19, 16>(code);
    const unsigned lsb = bits<14, 12>(code) << 2 | bits<7, 6>(code);
    const unsigned last = bits<4, 0>(code); // width - 1, msb or saturation, as it may be
    out.rd(d);
    switch (bits<24, 20>(code)) {
    case 0x00: // ADDW, ADR after
    case 0x0A: // SUBW, ADR before
        if (n == 15) {
            const u32 here = (out.op.pc + 4) & ~3u;
            out.op.imm = bit<23>(code) ? here - immediate12(code) : here + immediate12(code);
            return out.alu(Alu::mov, Operand::imm, false);
        }
        out.rn(n);
        out.op.imm = immediate12(code);
        return out.alu(bit<23>(code) ? Alu::sub : Alu::add, Operand::imm, false);
    case 0x04: // MOVW
        out.op.imm = n << 12 | immediate12(code);
        return out.alu(Alu::mov, Operand::imm, false);
    case 0x0C: // MOVT
        out.source(d);
        out.op.imm = n << 12 | immediate12(code);
        return out.run(movt_handler());
    case 0x10:
    case 0x12:
    case 0x18:
    case 0x1A: {
        const bool is_signed = !bit<23>(code);
        out.rn(n);
        if (bit<21>(code) && lsb == 0) {
            out.op.imm = bits<3, 0>(code) + (is_signed ? 1 : 0);
            return out.run(saturate16_handler(is_signed));
        }
        out.op.imm = last + (is_signed ? 1 : 0);
        out.op.aux = lsb | (bit<21>(code) ? 32 : 0);
        return out.run(saturate_handler(is_signed));
    }
    case 0x14: // SBFX
        out.rn(n);
        if (lsb + last > 31)
            return out.undefined();
        out.op.aux = 31 - last - lsb;
        out.op.imm = 31 - last;
        return out.run(sbfx_handler());
    case 0x1C: // UBFX
        out.rn(n);
        if (lsb + last > 31)
            return out.undefined();
        out.op.aux = lsb;
        out.op.imm = static_cast<u32>((u64{2} << last) - 1);
        return out.run(ubfx_handler());
    case 0x16: // BFI, BFC
        if (last < lsb)
            return out.undefined();
        out.source(d);
        out.op.aux = lsb;
        out.op.imm = static_cast<u32>((u64{2} << (last - lsb)) - 1) << lsb;
        if (n == 15)
            return out.run(bfc_handler());
        out.rn(n);
        return out.run(bfi_handler());
    default:
        return out.undefined();
    }
}

} // namespace tinysim
