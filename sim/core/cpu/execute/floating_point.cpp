#include "floating_point.hpp"

#include "../core.hpp"
#include "../fp_arithmetic.hpp"

#include <bit>
#include <cmath>

namespace tinysim {
namespace {

[[gnu::noinline]] u32 general(Core& core, FpArithmetic operation, u32 a, u32 b, u32 c) {
    FpContext context{core.fpscr, 0};
    const u32 result = fp_calculate(context, operation, a, b, c);
    core.fpscr |= context.status;
    return result;
}

/// The host's own arithmetic where it is the core's too; its sticky flags are collected when
/// FPSCR is read.
template <FpArithmetic operation> u32 calculate(Core& core, u32 a, u32 b, u32 c = 0) {
    if (!core.fp_special) [[likely]] {
        const float x = std::bit_cast<float>(a);
        const float y = std::bit_cast<float>(b);
        float result = 0;
        if constexpr (operation == FpArithmetic::add)
            result = x + y;
        else if constexpr (operation == FpArithmetic::mul)
            result = x * y;
        else if constexpr (operation == FpArithmetic::div)
            result = x / y;
        else if constexpr (operation == FpArithmetic::sqrt)
            result = std::sqrt(x);
        else
            result = std::fma(x, y, std::bit_cast<float>(c));
        const u32 bits = std::bit_cast<u32>(result);
        if (fp::is_plain(bits)) [[likely]]
            return bits;
    }
    return general(core, operation, a, b, c);
}

template <FpOperation operation> void execute_fp(Core& core, const Op* op) {
    using enum FpOperation;
    const u32 n = core.s[op->rn];
    const u32 m = core.s[op->rm];
    const u32 d = core.s[op->rd];
    constexpr u32 sign = fp::sign;
    u32 result = 0;
    switch (operation) {
    case add:
        result = calculate<FpArithmetic::add>(core, n, m);
        break;
    case sub:
        // A negated NaN would give its sign away.
        result = fp::is_nan(m) ? calculate<FpArithmetic::add>(core, n, m)
                               : calculate<FpArithmetic::add>(core, n, m ^ sign);
        break;
    case mul:
        result = calculate<FpArithmetic::mul>(core, n, m);
        break;
    case nmul:
        result = calculate<FpArithmetic::mul>(core, n, m) ^ sign;
        break;
    case div:
        result = calculate<FpArithmetic::div>(core, n, m);
        break;
    case sqrt:
        result = calculate<FpArithmetic::sqrt>(core, m, 0);
        break;
    case mla:
        result = calculate<FpArithmetic::add>(core, d, calculate<FpArithmetic::mul>(core, n, m));
        break;
    case mls:
        result =
            calculate<FpArithmetic::add>(core, d, calculate<FpArithmetic::mul>(core, n, m) ^ sign);
        break;
    case nmla:
        result = calculate<FpArithmetic::add>(core, d ^ sign,
                                              calculate<FpArithmetic::mul>(core, n, m) ^ sign);
        break;
    case nmls:
        result =
            calculate<FpArithmetic::add>(core, d ^ sign, calculate<FpArithmetic::mul>(core, n, m));
        break;
    case fma:
        result = calculate<FpArithmetic::fma>(core, n, m, d);
        break;
    case fms:
        result = calculate<FpArithmetic::fma>(core, n ^ sign, m, d);
        break;
    case fnma:
        result = calculate<FpArithmetic::fma>(core, n ^ sign, m, d ^ sign);
        break;
    case fnms:
        result = calculate<FpArithmetic::fma>(core, n, m, d ^ sign);
        break;
    case abs:
        result = m & ~sign;
        break;
    case neg:
        result = m ^ sign;
        break;
    case move:
        result = m;
        break;
    }
    core.s[op->rd] = result;
    return next(core, op);
}

void execute_immediate(Core& core, const Op* op) {
    core.s[op->rd] = op->imm;
    return next(core, op);
}

template <bool Zero, bool SignalQuiet> void execute_compare(Core& core, const Op* op) {
    FpContext context{core.fpscr, 0};
    core.fp_flags = fp_compare(context, core.s[op->rd], Zero ? 0 : core.s[op->rm], SignalQuiet);
    core.fpscr |= context.status;
    return next(core, op);
}

void execute_to_fixed(Core& core, const Op* op) {
    FpContext context{core.fpscr, 0};
    const unsigned width = op->imm & 0xFF;
    core.s[op->rd] =
        fp_to_fixed(context, core.s[op->rm], op->aux, width, bit<8>(op->imm), bit<9>(op->imm));
    core.fpscr |= context.status;
    return next(core, op);
}

void execute_from_fixed(Core& core, const Op* op) {
    FpContext context{core.fpscr, 0};
    const unsigned width = op->imm & 0xFF;
    core.s[op->rd] =
        fixed_to_fp(context, core.s[op->rm], op->aux, width, bit<8>(op->imm), bit<9>(op->imm));
    core.fpscr |= context.status;
    return next(core, op);
}

template <bool ToHalf, bool Top> void execute_half(Core& core, const Op* op) {
    FpContext context{core.fpscr, 0};
    constexpr unsigned shift = Top ? 16 : 0;
    if constexpr (ToHalf) {
        const u32 half = fp_to_half(context, core.s[op->rm]);
        core.s[op->rd] = (core.s[op->rd] & ~(0xFFFFu << shift)) | half << shift;
    } else {
        core.s[op->rd] = half_to_fp(context, static_cast<u16>(core.s[op->rm] >> shift));
    }
    core.fpscr |= context.status;
    return next(core, op);
}

void execute_guard(Core& core, const Op* op) {
    if (!core.prepare_fp(op))
        return;
    return next(core, op);
}

void execute_to_core(Core& core, const Op* op) {
    core.r[op->rd] = core.s[op->rn];
    return next(core, op);
}

void execute_from_core(Core& core, const Op* op) {
    core.s[op->rd] = core.r[op->rn];
    return next(core, op);
}

void execute_pair_to_core(Core& core, const Op* op) {
    core.r[op->rd] = core.s[op->rn];
    core.r[op->ra] = core.s[op->rn + 1u];
    return next(core, op);
}

void execute_pair_from_core(Core& core, const Op* op) {
    core.s[op->rd] = core.r[op->rn];
    core.s[op->rd + 1u] = core.r[op->ra];
    return next(core, op);
}

void execute_status_to_core(Core& core, const Op* op) {
    if (op->rd == 15) {
        core.n = core.fp_flags;
        core.z = bit<30>(core.fp_flags) ? 0 : 1;
        core.c = core.fp_flags >> 29 & 1;
        core.v = core.fp_flags << 3;
    } else {
        core.r[op->rd] = core.read_fpscr();
    }
    return next(core, op);
}

void execute_core_to_status(Core& core, const Op* op) {
    core.write_fpscr(core.r[op->rn]);
    return next(core, op);
}

} // namespace

Handler fp_guard_handler() { return execute_guard; }

Handler fp_handler(FpOperation operation) {
    using enum FpOperation;
    switch (operation) {
    case add:
        return execute_fp<add>;
    case sub:
        return execute_fp<sub>;
    case mul:
        return execute_fp<mul>;
    case div:
        return execute_fp<div>;
    case sqrt:
        return execute_fp<sqrt>;
    case nmul:
        return execute_fp<nmul>;
    case mla:
        return execute_fp<mla>;
    case mls:
        return execute_fp<mls>;
    case nmla:
        return execute_fp<nmla>;
    case nmls:
        return execute_fp<nmls>;
    case fma:
        return execute_fp<fma>;
    case fms:
        return execute_fp<fms>;
    case fnma:
        return execute_fp<fnma>;
    case fnms:
        return execute_fp<fnms>;
    case abs:
        return execute_fp<abs>;
    case neg:
        return execute_fp<neg>;
    default:
        return execute_fp<move>;
    }
}

Handler fp_immediate_handler() { return execute_immediate; }

Handler fp_compare_handler(bool zero, bool signal_quiet) {
    if (zero)
        return signal_quiet ? execute_compare<true, true> : execute_compare<true, false>;
    return signal_quiet ? execute_compare<false, true> : execute_compare<false, false>;
}

Handler fp_to_fixed_handler() { return execute_to_fixed; }
Handler fixed_to_fp_handler() { return execute_from_fixed; }

Handler fp_half_handler(bool to_half, bool top) {
    if (to_half)
        return top ? execute_half<true, true> : execute_half<true, false>;
    return top ? execute_half<false, true> : execute_half<false, false>;
}

Handler fp_to_core_handler() { return execute_to_core; }
Handler core_to_fp_handler() { return execute_from_core; }
Handler fp_pair_to_core_handler() { return execute_pair_to_core; }
Handler core_to_fp_pair_handler() { return execute_pair_from_core; }
Handler fp_status_to_core_handler() { return execute_status_to_core; }
Handler core_to_fp_status_handler() { return execute_core_to_status; }

} // namespace tinysim
