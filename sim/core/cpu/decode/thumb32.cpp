#include "decoded.hpp"

namespace tinysim {

/// A5.3: which part of the 32-bit encodings an instruction belongs to.
void decode_thumb32(Decoded& out, u32 code) {
    const unsigned op1 = bits<28, 27>(code);
    const unsigned op2 = bits<26, 20>(code);
    if (op1 == 1) {
        if ((op2 & 0x64) == 0x00)
            return decode_multiple(out, code);
        if ((op2 & 0x64) == 0x04)
            return decode_double_and_exclusive(out, code);
        if ((op2 & 0x60) == 0x20)
            return decode_shifted_register(out, code);
        return decode_coprocessor(out, code);
    }
    if (op1 == 2) {
        if (bit<15>(code))
            return decode_branch_and_control(out, code);
        return (op2 & 0x20) != 0 ? decode_plain_immediate(out, code)
                                 : decode_modified_immediate(out, code);
    }
    if ((op2 & 0x40) != 0)
        return decode_coprocessor(out, code);
    if ((op2 & 0x60) == 0x00)
        return decode_single_access(out, code);
    if ((op2 & 0x70) == 0x20)
        return decode_register(out, code);
    if ((op2 & 0x78) == 0x30)
        return decode_multiply(out, code);
    return decode_long_multiply(out, code);
}

} // namespace tinysim
