#pragma once

#include "../types.hpp"

namespace tinysim {

/// Single-precision arithmetic as FPSCR asks for it. `status` collects the cumulative
/// exception flags (FPSCR bits 0-7); `control` is FPSCR.
struct FpContext {
    u32 control;
    u32 status;
};

enum class FpArithmetic { add, mul, div, sqrt, fma };

/// The general case: NaNs, subnormal numbers, modes other than the default. fma is
/// `c + a * b`; sub is an addition of a negated number.
u32 fp_calculate(FpContext& context, FpArithmetic operation, u32 a, u32 b, u32 c);

/// NZCV of a comparison in bits 31-28.
u32 fp_compare(FpContext& context, u32 a, u32 b, bool signal_quiet);

/// To an integer of `width` bits with `fraction` bits behind the point; saturates.
u32 fp_to_fixed(FpContext& context, u32 a, unsigned fraction, unsigned width, bool is_signed,
                bool towards_zero);
u32 fixed_to_fp(FpContext& context, u32 a, unsigned fraction, unsigned width, bool is_signed,
                bool to_nearest);

u16 fp_to_half(FpContext& context, u32 a);
u32 half_to_fp(FpContext& context, u16 a);

namespace fp {
inline constexpr u32 sign = 0x80000000;
inline constexpr u32 infinity = 0x7F800000;
inline constexpr u32 default_nan = 0x7FC00000;
inline constexpr u32 quiet = 0x00400000;
constexpr bool is_nan(u32 a) { return (a & 0x7FFFFFFF) > infinity; }
constexpr bool is_signalling(u32 a) { return is_nan(a) && (a & quiet) == 0; }
constexpr bool is_subnormal(u32 a) { return (a & infinity) == 0 && (a << 1) != 0; }
/// A result that the host and the core agree on, flags included, in the default modes.
constexpr bool is_plain(u32 a) { return ((a >> 23 & 0xFF) - 2) < 253 || a << 1 == 0; }
} // namespace fp

} // namespace tinysim
