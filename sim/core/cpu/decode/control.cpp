#include "decoded.hpp"

namespace tinysim {
namespace {

void miscellaneous_control(Decoded& out, u32 code) {
    switch (bits<7, 4>(code)) {
    case 2:
        return out.run(clear_exclusive_handler());
    case 4:
    case 5:
    case 6: // DSB, DMB, ISB: the end of a block lets a pending interrupt in
        return out.system(nop_handler());
    default:
        return out.undefined();
    }
}

/// The offset of B (T4) and BL.
u32 long_offset(u32 code) {
    const u32 s = code >> 26 & 1;
    const u32 i1 = ~(code >> 13 ^ s) & 1;
    const u32 i2 = ~(code >> 11 ^ s) & 1;
    return static_cast<u32>(sign_extend<25>(s << 24 | i1 << 23 | i2 << 22 |
                                            bits<25, 16>(code) << 12 | bits<10, 0>(code) << 1));
}

} // namespace

void decode_branch_and_control(Decoded& out, u32 code) {
    const u32 here = out.op.pc + 4;
    if (bit<14>(code)) {
        if (!bit<12>(code))
            return out.undefined(); // BLX (immediate) is not in this profile
        out.op.aux = out.op.pc + 4;
        out.destination(14);
        return out.branch(here + long_offset(code), branch_link_handler());
    }
    if (bit<12>(code))
        return out.branch(here + long_offset(code), branch_handler());
    if (bits<25, 23>(code) != 7) {
        const u32 offset = static_cast<u32>(sign_extend<21>(
            (code >> 26 & 1) << 20 | (code >> 11 & 1) << 19 | (code >> 13 & 1) << 18 |
            bits<21, 16>(code) << 12 | bits<10, 0>(code) << 1));
        return out.branch(here + offset, conditional_branch_handler(bits<25, 22>(code)));
    }
    switch (bits<26, 20>(code)) {
    case 0x38:
    case 0x39:
        out.rn(bits<19, 16>(code));
        out.op.imm = bits<7, 0>(code);
        out.op.aux = bits<11, 10>(code);
        return out.system(move_to_special_handler());
    case 0x3A:
        return bits<10, 8>(code) != 0 ? out.undefined() : decode_hint(out, bits<7, 0>(code));
    case 0x3B:
        return miscellaneous_control(out, code);
    case 0x3E:
    case 0x3F:
        out.rd(bits<11, 8>(code));
        out.op.imm = bits<7, 0>(code);
        out.system(move_from_special_handler());
        out.ends = out.impure = false;
        return;
    default:
        return out.undefined();
    }
}

} // namespace tinysim
