#include "fp_arithmetic.hpp"

#include "core.hpp"

#include <bit>
#include <cfenv>
#include <cmath>

namespace tinysim {
namespace {

enum Rounding : u32 { nearest = 0, plus_infinity = 1, minus_infinity = 2, zero = 3 };

u32 rounding(const FpContext& context) { return context.control >> Fpscr::rounding_shift & 3; }

/// FPUnpack's flush of subnormal operands (DDI0403 A2.5.7).
u32 flush_operand(FpContext& context, u32 a) {
    if ((context.control & Fpscr::flush_to_zero) != 0 && fp::is_subnormal(a)) {
        context.status |= Fpscr::idc;
        return a & fp::sign;
    }
    return a;
}

/// FPProcessNaN.
u32 process_nan(FpContext& context, u32 a) {
    if (fp::is_signalling(a))
        context.status |= Fpscr::ioc;
    return (context.control & Fpscr::default_nan) != 0 ? fp::default_nan : a | fp::quiet;
}

/// FPProcessNaNs: signalling operands first, then quiet ones, each in order.
bool process_nans(FpContext& context, std::initializer_list<u32> operands, u32& result) {
    for (const u32 operand : operands)
        if (fp::is_signalling(operand)) {
            result = process_nan(context, operand);
            return true;
        }
    for (const u32 operand : operands)
        if (fp::is_nan(operand)) {
            result = process_nan(context, operand);
            return true;
        }
    return false;
}

float host_calculate(FpArithmetic operation, float a, float b, float c) {
    switch (operation) {
    case FpArithmetic::add:
        return a + b;
    case FpArithmetic::mul:
        return a * b;
    case FpArithmetic::div:
        return a / b;
    case FpArithmetic::sqrt:
        return std::sqrt(a);
    default:
        return std::fma(a, b, c);
    }
}

#if defined(__aarch64__) && !defined(__APPLE__)
using Quad = long double;
#else
using Quad = __float128;
#endif
static_assert(sizeof(Quad) == 16, "IEEE 754 binary128");

/// Whether the exact result is below the normal numbers: the core detects tininess before
/// rounding (A2.5.5), hosts may do so after it.
bool is_tiny(FpArithmetic operation, float a, float b, float c) {
    const Quad smallest = 0x1p-126f;
    Quad exact = 0;
    switch (operation) {
    case FpArithmetic::add:
        exact = Quad(a) + b;
        break;
    case FpArithmetic::mul:
        exact = Quad(a) * b;
        break;
    case FpArithmetic::div:
        exact = Quad(a) / b;
        break;
    case FpArithmetic::sqrt:
        return false;
    case FpArithmetic::fma: {
        // The product is exact; what the sum loses decides where it falls on the boundary.
        const Quad product = Quad(a) * b;
        exact = product + c;
        const Quad part = exact - product;
        const Quad lost = (product - (exact - part)) + (c - part);
        if ((exact == smallest && lost < 0) || (exact == -smallest && lost > 0))
            return true;
        break;
    }
    }
    return exact != 0 && exact < smallest && exact > -smallest;
}

u32 status_of_host(int raised) {
    u32 status = 0;
    if ((raised & FE_INVALID) != 0)
        status |= Fpscr::ioc;
    if ((raised & FE_DIVBYZERO) != 0)
        status |= Fpscr::dzc;
    if ((raised & FE_OVERFLOW) != 0)
        status |= Fpscr::ofc;
    if ((raised & FE_UNDERFLOW) != 0)
        status |= Fpscr::ufc;
    if ((raised & FE_INEXACT) != 0)
        status |= Fpscr::ixc;
    return status;
}

/// Rounds `integer` with the bits `rest` behind it (out of 2^`rest_bits`).
u64 round_integer(u64 integer, u64 rest, u64 half, bool negative, u32 mode) {
    switch (mode) {
    case nearest:
        return integer + (rest > half || (rest == half && (integer & 1) != 0));
    case plus_infinity:
        return integer + (rest != 0 && !negative);
    case minus_infinity:
        return integer + (rest != 0 && negative);
    default:
        return integer;
    }
}

} // namespace

u32 fp_calculate(FpContext& context, FpArithmetic operation, u32 a, u32 b, u32 c) {
    const bool fused = operation == FpArithmetic::fma;
    a = flush_operand(context, a);
    b = operation == FpArithmetic::sqrt ? 0 : flush_operand(context, b);
    c = fused ? flush_operand(context, c) : 0;

    const bool product_invalid = fused && (((a << 1) == 0 && (b & ~fp::sign) == fp::infinity) ||
                                           ((b << 1) == 0 && (a & ~fp::sign) == fp::infinity));
    u32 result = 0;
    if (product_invalid && fp::is_nan(c) && !fp::is_signalling(c)) {
        context.status |= Fpscr::ioc;
        return fp::default_nan;
    }
    if (fused ? process_nans(context, {c, a, b}, result) : process_nans(context, {a, b}, result))
        return result;

    static constexpr int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    const float x = std::bit_cast<float>(a);
    const float y = std::bit_cast<float>(b);
    const float z = std::bit_cast<float>(c);
    std::fenv_t host;
    std::feholdexcept(&host);
    std::fesetround(modes[rounding(context)]);
    result = std::bit_cast<u32>(host_calculate(operation, x, y, z));
    u32 status = status_of_host(std::fetestexcept(FE_ALL_EXCEPT));
    std::fesetround(FE_TONEAREST);
    const bool tiny = (result & ~fp::sign) <= 0x00800000 && is_tiny(operation, x, y, z);
    std::fesetenv(&host);

    if (fp::is_nan(result))
        result = fp::default_nan;
    if (tiny) {
        if ((context.control & Fpscr::flush_to_zero) != 0) {
            context.status |= Fpscr::ufc;
            return result & fp::sign;
        }
        if ((status & Fpscr::ixc) != 0)
            status |= Fpscr::ufc;
    }
    context.status |= status;
    return result;
}

u32 fp_compare(FpContext& context, u32 a, u32 b, bool signal_quiet) {
    a = flush_operand(context, a);
    b = flush_operand(context, b);
    if (fp::is_nan(a) || fp::is_nan(b)) {
        if (signal_quiet || fp::is_signalling(a) || fp::is_signalling(b))
            context.status |= Fpscr::ioc;
        return 3u << 28;
    }
    const float x = std::bit_cast<float>(a);
    const float y = std::bit_cast<float>(b);
    return x == y ? 6u << 28 : x < y ? 8u << 28 : 2u << 28;
}

u32 fp_to_fixed(FpContext& context, u32 a, unsigned fraction, unsigned width, bool is_signed,
                bool towards_zero) {
    a = flush_operand(context, a);
    if (fp::is_nan(a)) {
        context.status |= Fpscr::ioc;
        return 0;
    }
    const bool negative = (a & fp::sign) != 0;
    const int exponent = static_cast<int>(a >> 23 & 0xFF);
    const u64 significand = (a & 0x7FFFFF) | (exponent != 0 ? 0x800000u : 0u);
    const int shift = (exponent != 0 ? exponent : 1) - 150 + static_cast<int>(fraction);
    u64 magnitude = 0;
    bool inexact = false;
    if (exponent == 0xFF || shift > 38) {
        magnitude = significand == 0 ? 0 : u64{1} << 62;
    } else if (shift >= 0) {
        magnitude = significand << shift;
    } else if (const int right = -shift; right < 40) {
        const u64 rest = significand & ((u64{1} << right) - 1);
        inexact = rest != 0;
        magnitude = round_integer(significand >> right, rest, u64{1} << (right - 1), negative,
                                  towards_zero ? u32{zero} : rounding(context));
    } else {
        inexact = significand != 0;
        magnitude = round_integer(0, inexact ? 1 : 0, 2, negative,
                                  towards_zero ? u32{zero} : rounding(context));
    }
    const i64 value = negative ? -static_cast<i64>(magnitude) : static_cast<i64>(magnitude);
    const i64 high = is_signed ? (i64{1} << (width - 1)) - 1 : (i64{1} << width) - 1;
    const i64 low = is_signed ? -high - 1 : 0;
    if (value > high || value < low) {
        context.status |= Fpscr::ioc;
        return static_cast<u32>(value > high ? high : low);
    }
    if (inexact)
        context.status |= Fpscr::ixc;
    return static_cast<u32>(value);
}

u32 fixed_to_fp(FpContext& context, u32 a, unsigned fraction, unsigned width, bool is_signed,
                bool to_nearest) {
    i64 value = 0;
    if (width == 16)
        value = is_signed ? i64{static_cast<i16>(a)} : i64{static_cast<u16>(a)};
    else
        value = is_signed ? i64{static_cast<i32>(a)} : i64{a};
    if (value == 0)
        return 0;
    const bool negative = value < 0;
    u64 magnitude = static_cast<u64>(negative ? -value : value);
    int exponent = 150 - static_cast<int>(fraction);
    const int length = 64 - __builtin_clzll(magnitude);
    if (const int right = length - 24; right > 0) {
        const u64 rest = magnitude & ((u64{1} << right) - 1);
        if (rest != 0)
            context.status |= Fpscr::ixc;
        magnitude = round_integer(magnitude >> right, rest, u64{1} << (right - 1), negative,
                                  to_nearest ? u32{nearest} : rounding(context));
        exponent += right;
        if (magnitude == u64{1} << 24) {
            magnitude >>= 1;
            ++exponent;
        }
    } else {
        magnitude <<= -right;
        exponent += right;
    }
    return (negative ? fp::sign : 0) | static_cast<u32>(exponent) << 23 |
           (static_cast<u32>(magnitude) & 0x7FFFFF);
}

u16 fp_to_half(FpContext& context, u32 a) {
    const bool alternative = (context.control & Fpscr::ahp) != 0;
    a = flush_operand(context, a);
    const u16 sign = static_cast<u16>(a >> 16 & 0x8000);
    if (fp::is_nan(a)) {
        if (alternative) {
            context.status |= Fpscr::ioc;
            return sign;
        }
        if (fp::is_signalling(a))
            context.status |= Fpscr::ioc;
        if ((context.control & Fpscr::default_nan) != 0)
            return 0x7E00;
        return static_cast<u16>(sign | 0x7E00 | (a >> 13 & 0x1FF));
    }
    const bool negative = sign != 0;
    const int exponent = static_cast<int>(a >> 23 & 0xFF) - 127;
    if (exponent == 128) {
        if (alternative) {
            context.status |= Fpscr::ioc;
            return static_cast<u16>(sign | 0x7FFF);
        }
        return static_cast<u16>(sign | 0x7C00);
    }
    if (a << 1 == 0)
        return sign;
    const u64 significand = (a & 0x7FFFFF) | (exponent == -127 ? 0u : 0x800000u);
    const int scale = exponent == -127 ? -126 : exponent;
    // The result's last place is 2^-24 for subnormal numbers, else 2^(scale - 10).
    const int right = scale < -14 ? 13 + (-14 - scale) : 13;
    u64 rest = 0;
    u64 magnitude = 0;
    u64 half = 1;
    if (right < 40) {
        rest = significand & ((u64{1} << right) - 1);
        half = u64{1} << (right - 1);
        magnitude = significand >> right;
    } else {
        rest = 1;
        half = 2;
    }
    const bool tiny = scale < -14;
    magnitude = round_integer(magnitude, rest, half, negative, rounding(context));
    u64 result = tiny ? magnitude : magnitude + (static_cast<u64>(scale + 14) << 10);
    const u64 limit = alternative ? 0x7FFF : 0x7BFF;
    if (result > limit) {
        if (alternative) {
            context.status |= Fpscr::ioc;
            return static_cast<u16>(sign | 0x7FFF);
        }
        context.status |= Fpscr::ofc | Fpscr::ixc;
        const u32 mode = rounding(context);
        const bool to_infinity = mode == nearest || (mode == plus_infinity && !negative) ||
                                 (mode == minus_infinity && negative);
        return static_cast<u16>(sign | (to_infinity ? 0x7C00 : 0x7BFF));
    }
    if (rest != 0)
        context.status |= tiny ? Fpscr::ufc | Fpscr::ixc : Fpscr::ixc;
    return static_cast<u16>(sign | result);
}

u32 half_to_fp(FpContext& context, u16 a) {
    const u32 sign = (a & 0x8000u) << 16;
    const u32 exponent = a >> 10 & 0x1F;
    const u32 fraction = a & 0x3FF;
    if (exponent == 0x1F && (context.control & Fpscr::ahp) == 0) {
        if (fraction == 0)
            return sign | fp::infinity;
        return process_nan(context, sign | fp::infinity | fraction << 13);
    }
    if (exponent == 0) {
        if (fraction == 0)
            return sign;
        const u32 shift = static_cast<u32>(__builtin_clz(fraction)) - 21;
        return sign | (113 - shift) << 23 | (fraction << (13 + shift) & 0x7FFFFF);
    }
    return sign | (exponent + 112) << 23 | fraction << 13;
}

} // namespace tinysim
