#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace tinysim {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// A point in virtual time, in cycles of the core since reset.
using Cycles = u64;
inline constexpr Cycles never = std::numeric_limits<Cycles>::max();

template <unsigned High, unsigned Low> constexpr u32 bits(u32 word) {
    static_assert(High >= Low && High < 32);
    return static_cast<u32>(word >> Low) & static_cast<u32>((u64{1} << (High - Low + 1)) - 1);
}

template <unsigned Bit> constexpr bool bit(u32 word) { return (word >> Bit & 1) != 0; }

template <unsigned Width> constexpr i32 sign_extend(u32 value) {
    return static_cast<i32>(value << (32 - Width)) >> (32 - Width);
}

constexpr u32 rotate_right(u32 value, unsigned n) {
    n &= 31;
    return n == 0 ? value : value >> n | value << (32 - n);
}

} // namespace tinysim
