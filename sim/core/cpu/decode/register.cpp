#include "decoded.hpp"

namespace tinysim {
namespace {

void extend_or_shift(Decoded& out, u32 code) {
    const unsigned n = bits<19, 16>(code);
    out.rd(bits<11, 8>(code));
    if (!bit<7>(code)) {
        static constexpr Operand shifts[] = {Operand::lsl, Operand::lsr, Operand::asr,
                                             Operand::ror};
        out.rn(n);
        out.rm(bits<3, 0>(code));
        return out.run(shift_handler(shifts[bits<22, 21>(code)], bit<20>(code)));
    }
    static constexpr Extend extends[] = {Extend::sxth,   Extend::uxth, Extend::sxtb16,
                                         Extend::uxtb16, Extend::sxtb, Extend::uxtb};
    const unsigned which = bits<22, 20>(code);
    if (which > 5)
        return out.undefined();
    if (n != 15)
        out.rn(n);
    out.rm(bits<3, 0>(code));
    out.op.aux = 8 * bits<5, 4>(code);
    out.run(extend_handler(extends[which], n != 15));
}

void parallel(Decoded& out, u32 code) {
    static constexpr int operations[] = {
        static_cast<int>(Parallel::add8), static_cast<int>(Parallel::add16),
        static_cast<int>(Parallel::asx),  -1,
        static_cast<int>(Parallel::sub8), static_cast<int>(Parallel::sub16),
        static_cast<int>(Parallel::sax),  -1};
    static constexpr int lanes[] = {
        static_cast<int>(Lanes::s), static_cast<int>(Lanes::q),  static_cast<int>(Lanes::sh), -1,
        static_cast<int>(Lanes::u), static_cast<int>(Lanes::uq), static_cast<int>(Lanes::uh), -1};
    const int operation = operations[bits<22, 20>(code)];
    const int lane = lanes[bits<6, 4>(code)];
    if (operation < 0 || lane < 0)
        return out.undefined();
    out.rd(bits<11, 8>(code));
    out.rn(bits<19, 16>(code));
    out.rm(bits<3, 0>(code));
    out.run(parallel_handler(static_cast<Parallel>(operation), static_cast<Lanes>(lane)));
}

void miscellaneous(Decoded& out, u32 code) {
    out.rd(bits<11, 8>(code));
    out.rm(bits<3, 0>(code));
    const unsigned op2 = bits<5, 4>(code);
    switch (bits<21, 20>(code)) {
    case 0:
        out.rn(bits<19, 16>(code));
        return out.run(saturating_handler((op2 & 2) != 0, (op2 & 1) != 0));
    case 1: {
        static constexpr Reverse reverses[] = {Reverse::rev, Reverse::rev16, Reverse::rbit,
                                               Reverse::revsh};
        return out.run(reverse_handler(reverses[op2]));
    }
    case 2:
        if (op2 != 0)
            return out.undefined();
        out.rn(bits<19, 16>(code));
        return out.run(select_handler());
    default:
        if (op2 != 0)
            return out.undefined();
        return out.run(reverse_handler(Reverse::clz));
    }
}

} // namespace

void decode_register(Decoded& out, u32 code) {
    if (bits<15, 12>(code) != 15)
        return out.undefined();
    if (!bit<23>(code)) {
        if (!bit<7>(code) && bits<6, 4>(code) != 0)
            return out.undefined();
        return extend_or_shift(out, code);
    }
    if (!bit<7>(code))
        return parallel(out, code);
    if (bits<7, 6>(code) == 2 && !bit<22>(code))
        return miscellaneous(out, code);
    out.undefined();
}

void decode_multiply(Decoded& out, u32 code) {
    const unsigned a = bits<15, 12>(code);
    const bool accumulate = a != 15;
    const unsigned op2 = bits<5, 4>(code);
    const bool low = (op2 & 1) != 0;
    const bool high = (op2 & 2) != 0;
    if (bits<7, 6>(code) != 0)
        return out.undefined();
    out.info.kind = Kind::multiply;
    out.rd(bits<11, 8>(code));
    out.rn(bits<19, 16>(code));
    out.rm(bits<3, 0>(code));
    if (accumulate)
        out.ra(a);
    switch (bits<22, 20>(code)) {
    case 0:
        if (high || (low && !accumulate))
            return out.undefined();
        if (!accumulate)
            return out.run(mul_handler(false));
        return out.run(mla_handler(low));
    case 1:
        return out.run(half_multiply_handler(accumulate, high, low));
    case 2:
    case 4:
        if (high)
            return out.undefined();
        return out.run(dual_multiply_handler(accumulate, bit<22>(code), low));
    case 3:
        if (high)
            return out.undefined();
        return out.run(wide_multiply_handler(accumulate, low));
    case 5:
        if (high)
            return out.undefined();
        return out.run(
            most_significant_multiply_handler(accumulate ? Most::smmla : Most::smmul, low));
    case 6:
        if (high || !accumulate)
            return out.undefined();
        return out.run(most_significant_multiply_handler(Most::smmls, low));
    default:
        if (op2 != 0)
            return out.undefined();
        return out.run(absolute_difference_handler(accumulate));
    }
}

void decode_long_multiply(Decoded& out, u32 code) {
    const unsigned op1 = bits<22, 20>(code);
    const unsigned op2 = bits<7, 4>(code);
    out.info.kind = Kind::multiply;
    out.rn(bits<19, 16>(code));
    out.rm(bits<3, 0>(code));
    if (op1 == 1 || op1 == 3) {
        if (op2 != 15 || bits<15, 12>(code) != 15)
            return out.undefined();
        out.rd(bits<11, 8>(code));
        out.info.kind = Kind::divide;
        return out.run(divide_handler(op1 == 1));
    }
    out.rd(bits<15, 12>(code));
    out.op.ra = static_cast<u8>(bits<11, 8>(code));
    out.destination(out.op.ra);
    const auto accumulates = [&] {
        out.source(out.op.rd);
        out.source(out.op.ra);
    };
    if (op1 == 0 && op2 == 0)
        return out.run(long_multiply_handler(Long::smull));
    if (op1 == 2 && op2 == 0)
        return out.run(long_multiply_handler(Long::umull));
    accumulates();
    if (op1 == 4 && op2 == 0)
        return out.run(long_multiply_handler(Long::smlal));
    if (op1 == 4 && (op2 & 12) == 8)
        return out.run(half_multiply_long_handler((op2 & 2) != 0, (op2 & 1) != 0));
    if ((op1 == 4 || op1 == 5) && (op2 & 14) == 12)
        return out.run(dual_multiply_long_handler(op1 == 5, (op2 & 1) != 0));
    if (op1 == 6 && op2 == 0)
        return out.run(long_multiply_handler(Long::umlal));
    if (op1 == 6 && op2 == 6)
        return out.run(long_multiply_handler(Long::umaal));
    out.undefined();
}

} // namespace tinysim
