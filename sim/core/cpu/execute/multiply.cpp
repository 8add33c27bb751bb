#include "multiply.hpp"

#include "../core.hpp"

namespace tinysim {
namespace {

i64 signed_product(u32 a, u32 b) { return i64{static_cast<i32>(a)} * static_cast<i32>(b); }

i32 half(u32 value, bool top) { return sign_extend<16>(top ? value >> 16 : value & 0xFFFF); }

/// An accumulation that overflows sets Q and wraps.
u32 accumulate(Core& core, i64 sum) {
    if (sum != static_cast<i32>(sum))
        core.q = 1;
    return static_cast<u32>(sum);
}

u64 accumulator(const Core& core, const Op* op) {
    return u64{core.r[op->ra]} << 32 | core.r[op->rd];
}

void set_long(Core& core, const Op* op, u64 result) {
    core.r[op->rd] = static_cast<u32>(result);
    core.r[op->ra] = static_cast<u32>(result >> 32);
}

template <bool S> void execute_mul(Core& core, const Op* op) {
    const u32 result = core.r[op->rn] * core.r[op->rm];
    core.r[op->rd] = result;
    if constexpr (S)
        core.set_nz(result);
    return next(core, op);
}

template <bool Subtract> void execute_mla(Core& core, const Op* op) {
    const u32 product = core.r[op->rn] * core.r[op->rm];
    core.r[op->rd] = Subtract ? core.r[op->ra] - product : core.r[op->ra] + product;
    return next(core, op);
}

template <Long kind> void execute_long(Core& core, const Op* op) {
    const u32 n = core.r[op->rn];
    const u32 m = core.r[op->rm];
    u64 result = 0;
    switch (kind) {
    case Long::smull:
        result = static_cast<u64>(signed_product(n, m));
        break;
    case Long::umull:
        result = u64{n} * m;
        break;
    case Long::smlal:
        result = accumulator(core, op) + static_cast<u64>(signed_product(n, m));
        break;
    case Long::umlal:
        result = accumulator(core, op) + u64{n} * m;
        break;
    case Long::umaal:
        result = u64{n} * m + core.r[op->rd] + core.r[op->ra];
        break;
    }
    set_long(core, op, result);
    return next(core, op);
}

/// 2 to 12 cycles (100166 3.3.1): the divider retires some two quotient bits a cycle, so its
/// time follows the difference in significant bits of the operands (inferred).
u32 division_cycles(u32 dividend, u32 divisor) {
    if (divisor == 0 || dividend < divisor)
        return 2;
    const int difference = __builtin_clz(divisor) - __builtin_clz(dividend);
    const u32 cycles = 3 + static_cast<u32>(difference + 1) / 4;
    return cycles > 12 ? 12 : cycles;
}

template <bool Signed> void execute_divide(Core& core, const Op* op) {
    const u32 n = core.r[op->rn];
    const u32 m = core.r[op->rm];
    if (m == 0 && (core.exceptions.ccr & Exceptions::ccr_div_0_trp) != 0) {
        core.fault(op, Exception::usage_fault, cfsr::divbyzero);
        return;
    }
    u32 result = 0;
    u32 taken = 2;
    if constexpr (Signed) {
        if (m != 0)
            result = static_cast<u32>(i64{static_cast<i32>(n)} / static_cast<i32>(m));
        const auto magnitude = [](u32 x) { return x >> 31 != 0 ? 0 - x : x; };
        taken = division_cycles(magnitude(n), magnitude(m));
    } else {
        if (m != 0)
            result = n / m;
        taken = division_cycles(n, m);
    }
    core.r[op->rd] = result;
    // The block's cost has the shortest division in it.
    core.beyond_manual += taken - 2;
    core.trace.kinds[op->slot] = static_cast<u8>(taken);
    return next(core, op);
}

template <bool Accumulate, bool TopN, bool TopM> void execute_half(Core& core, const Op* op) {
    const i64 product = i64{half(core.r[op->rn], TopN)} * half(core.r[op->rm], TopM);
    if constexpr (Accumulate)
        core.r[op->rd] = accumulate(core, product + static_cast<i32>(core.r[op->ra]));
    else
        core.r[op->rd] = static_cast<u32>(product);
    return next(core, op);
}

template <bool TopN, bool TopM> void execute_half_long(Core& core, const Op* op) {
    const i64 product = i64{half(core.r[op->rn], TopN)} * half(core.r[op->rm], TopM);
    set_long(core, op, accumulator(core, op) + static_cast<u64>(product));
    return next(core, op);
}

template <bool Accumulate, bool TopM> void execute_wide(Core& core, const Op* op) {
    const i64 product = (i64{static_cast<i32>(core.r[op->rn])} * half(core.r[op->rm], TopM)) >> 16;
    if constexpr (Accumulate)
        core.r[op->rd] = accumulate(core, product + static_cast<i32>(core.r[op->ra]));
    else
        core.r[op->rd] = static_cast<u32>(product);
    return next(core, op);
}

template <bool Subtract, bool Exchange> i64 dual_product(const Core& core, const Op* op) {
    const u32 n = core.r[op->rn];
    const u32 m = Exchange ? rotate_right(core.r[op->rm], 16) : core.r[op->rm];
    const i64 low = i64{half(n, false)} * half(m, false);
    const i64 high = i64{half(n, true)} * half(m, true);
    return Subtract ? low - high : low + high;
}

template <bool Accumulate, bool Subtract, bool Exchange>
void execute_dual(Core& core, const Op* op) {
    i64 sum = dual_product<Subtract, Exchange>(core, op);
    if constexpr (Accumulate)
        sum += static_cast<i32>(core.r[op->ra]);
    core.r[op->rd] = accumulate(core, sum);
    return next(core, op);
}

template <bool Subtract, bool Exchange> void execute_dual_long(Core& core, const Op* op) {
    const u64 product = static_cast<u64>(dual_product<Subtract, Exchange>(core, op));
    set_long(core, op, accumulator(core, op) + product);
    return next(core, op);
}

template <Most kind, bool Round> void execute_most(Core& core, const Op* op) {
    const u64 product = static_cast<u64>(signed_product(core.r[op->rn], core.r[op->rm]));
    const u64 high = u64{core.r[op->ra]} << 32;
    u64 result = kind == Most::smmul   ? product
                 : kind == Most::smmla ? high + product
                                       : high - product;
    if constexpr (Round)
        result += 0x80000000u;
    core.r[op->rd] = static_cast<u32>(result >> 32);
    return next(core, op);
}

template <bool Accumulate> void execute_difference(Core& core, const Op* op) {
    u32 sum = Accumulate ? core.r[op->ra] : 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        const i32 a = static_cast<i32>(core.r[op->rn] >> shift & 0xFF);
        const i32 b = static_cast<i32>(core.r[op->rm] >> shift & 0xFF);
        sum += static_cast<u32>(a > b ? a - b : b - a);
    }
    core.r[op->rd] = sum;
    return next(core, op);
}

template <bool Accumulate> Handler half_choice(bool top_n, bool top_m) {
    if (top_n)
        return top_m ? execute_half<Accumulate, true, true> : execute_half<Accumulate, true, false>;
    return top_m ? execute_half<Accumulate, false, true> : execute_half<Accumulate, false, false>;
}

template <bool Accumulate> Handler dual_choice(bool subtract, bool exchange) {
    if (subtract)
        return exchange ? execute_dual<Accumulate, true, true>
                        : execute_dual<Accumulate, true, false>;
    return exchange ? execute_dual<Accumulate, false, true>
                    : execute_dual<Accumulate, false, false>;
}

} // namespace

Handler mul_handler(bool set_flags) { return set_flags ? execute_mul<true> : execute_mul<false>; }

Handler mla_handler(bool subtract) { return subtract ? execute_mla<true> : execute_mla<false>; }

Handler long_multiply_handler(Long kind) {
    switch (kind) {
    case Long::smull:
        return execute_long<Long::smull>;
    case Long::umull:
        return execute_long<Long::umull>;
    case Long::smlal:
        return execute_long<Long::smlal>;
    case Long::umlal:
        return execute_long<Long::umlal>;
    default:
        return execute_long<Long::umaal>;
    }
}

Handler divide_handler(bool is_signed) {
    return is_signed ? execute_divide<true> : execute_divide<false>;
}

Handler half_multiply_handler(bool accumulate, bool top_n, bool top_m) {
    return accumulate ? half_choice<true>(top_n, top_m) : half_choice<false>(top_n, top_m);
}

Handler half_multiply_long_handler(bool top_n, bool top_m) {
    if (top_n)
        return top_m ? execute_half_long<true, true> : execute_half_long<true, false>;
    return top_m ? execute_half_long<false, true> : execute_half_long<false, false>;
}

Handler wide_multiply_handler(bool accumulate, bool top_m) {
    if (accumulate)
        return top_m ? execute_wide<true, true> : execute_wide<true, false>;
    return top_m ? execute_wide<false, true> : execute_wide<false, false>;
}

Handler dual_multiply_handler(bool accumulate, bool subtract, bool exchange) {
    return accumulate ? dual_choice<true>(subtract, exchange)
                      : dual_choice<false>(subtract, exchange);
}

Handler dual_multiply_long_handler(bool subtract, bool exchange) {
    if (subtract)
        return exchange ? execute_dual_long<true, true> : execute_dual_long<true, false>;
    return exchange ? execute_dual_long<false, true> : execute_dual_long<false, false>;
}

Handler most_significant_multiply_handler(Most kind, bool round) {
    switch (kind) {
    case Most::smmul:
        return round ? execute_most<Most::smmul, true> : execute_most<Most::smmul, false>;
    case Most::smmla:
        return round ? execute_most<Most::smmla, true> : execute_most<Most::smmla, false>;
    default:
        return round ? execute_most<Most::smmls, true> : execute_most<Most::smmls, false>;
    }
}

Handler absolute_difference_handler(bool accumulate) {
    return accumulate ? execute_difference<true> : execute_difference<false>;
}

} // namespace tinysim
