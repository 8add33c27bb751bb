#pragma once

#include <cstdint>
#include <cstring>

/// The instructions of the DSP extension that the kernels are written with (DDI0403 A4.4),
/// and the same in plain C++ for other machines.
namespace kernels {

inline std::uint32_t load_word(const void* address) {
    std::uint32_t word;
    std::memcpy(&word, address, sizeof word);
    return word;
}

#if defined(__ARM_FEATURE_DSP)

/// Bytes 0 and 2 as two signed half-words.
inline std::uint32_t sxtb16(std::uint32_t x) {
    std::uint32_t result;
    asm("sxtb16 %0, %1" : "=r"(result) : "r"(x));
    return result;
}
/// Bytes 1 and 3 as two signed half-words.
inline std::uint32_t sxtb16_odd(std::uint32_t x) {
    std::uint32_t result;
    asm("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(x));
    return result;
}
/// sum + low(a) * low(b) + high(a) * high(b)
inline std::int32_t smlad(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    std::int32_t result;
    asm("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
/// sum + low(a) * low(b)
inline std::int32_t smlabb(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    std::int32_t result;
    asm("smlabb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
/// sum + low(a) * high(b)
inline std::int32_t smlabt(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    std::int32_t result;
    asm("smlabt %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
/// sum + high(a) * low(b)
inline std::int32_t smlatb(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    std::int32_t result;
    asm("smlatb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
/// sum + high(a) * high(b)
inline std::int32_t smlatt(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    std::int32_t result;
    asm("smlatt %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
/// low(a), low(b)
inline std::uint32_t pack_low(std::uint32_t a, std::uint32_t b) {
    std::uint32_t result;
    asm("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(a), "r"(b));
    return result;
}
/// high(a), high(b)
inline std::uint32_t pack_high(std::uint32_t a, std::uint32_t b) {
    std::uint32_t result;
    asm("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(b), "r"(a));
    return result;
}
/// The high word of a * b, rounded.
inline std::int32_t smmulr(std::int32_t a, std::int32_t b) {
    std::int32_t result;
    asm("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
}
/// The greater of each of four signed bytes.
inline std::uint32_t max8(std::uint32_t a, std::uint32_t b) {
    std::uint32_t result;
    asm("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b));
    return result;
}
/// Bytes 0 and 2, and 1 and 3, added to two signed half-words.
inline std::uint32_t sxtab16(std::uint32_t sums, std::uint32_t x) {
    asm("sxtab16 %0, %0, %1" : "+r"(sums) : "r"(x));
    return sums;
}
inline std::uint32_t sxtab16_odd(std::uint32_t sums, std::uint32_t x) {
    asm("sxtab16 %0, %0, %1, ror #8" : "+r"(sums) : "r"(x));
    return sums;
}
/// x within int8.
inline std::int32_t saturate(std::int32_t x) {
    std::int32_t result;
    asm("ssat %0, #8, %1" : "=r"(result) : "r"(x));
    return result;
}
/// x / 2, rounded down, within int8.
inline std::int32_t halve_and_saturate(std::int32_t x) {
    std::int32_t result;
    asm("ssat %0, #8, %1, asr #1" : "=r"(result) : "r"(x));
    return result;
}

#else

inline std::uint32_t pair(std::int32_t low, std::int32_t high) {
    return (static_cast<std::uint32_t>(low) & 0xFFFF) | static_cast<std::uint32_t>(high) << 16;
}
inline std::int32_t low_half(std::uint32_t x) { return static_cast<std::int16_t>(x); }
inline std::int32_t high_half(std::uint32_t x) { return static_cast<std::int16_t>(x >> 16); }

inline std::uint32_t sxtb16(std::uint32_t x) {
    return pair(static_cast<std::int8_t>(x), static_cast<std::int8_t>(x >> 16));
}
inline std::uint32_t sxtb16_odd(std::uint32_t x) { return sxtb16(x >> 8); }
inline std::int32_t smlad(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    return sum + low_half(a) * low_half(b) + high_half(a) * high_half(b);
}
inline std::int32_t smlabb(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    return sum + low_half(a) * low_half(b);
}
inline std::int32_t smlabt(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    return sum + low_half(a) * high_half(b);
}
inline std::int32_t smlatb(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    return sum + high_half(a) * low_half(b);
}
inline std::int32_t smlatt(std::uint32_t a, std::uint32_t b, std::int32_t sum) {
    return sum + high_half(a) * high_half(b);
}
inline std::uint32_t pack_low(std::uint32_t a, std::uint32_t b) { return (a & 0xFFFF) | b << 16; }
inline std::uint32_t pack_high(std::uint32_t a, std::uint32_t b) {
    return a >> 16 | (b & 0xFFFF0000);
}
inline std::int32_t smmulr(std::int32_t a, std::int32_t b) {
    const std::int64_t product = std::int64_t{a} * b;
    return static_cast<std::int32_t>((product + (std::int64_t{1} << 31)) >> 32);
}
inline std::uint32_t max8(std::uint32_t a, std::uint32_t b) {
    std::uint32_t result = 0;
    for (int at = 0; at < 32; at += 8) {
        const auto x = static_cast<std::int8_t>(a >> at);
        const auto y = static_cast<std::int8_t>(b >> at);
        result |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(x > y ? x : y)) << at;
    }
    return result;
}
inline std::uint32_t sxtab16(std::uint32_t sums, std::uint32_t x) {
    const std::uint32_t y = sxtb16(x);
    return pair(low_half(sums) + low_half(y), high_half(sums) + high_half(y));
}
inline std::uint32_t sxtab16_odd(std::uint32_t sums, std::uint32_t x) {
    return sxtab16(sums, x >> 8 | x << 24);
}
inline std::int32_t saturate(std::int32_t x) { return x < -128 ? -128 : x > 127 ? 127 : x; }
inline std::int32_t halve_and_saturate(std::int32_t x) { return saturate(x >> 1); }

#endif

/// Spreads `groups` times four bytes into half-words: values 0 and 2 of each four, then 1 and 3, in
/// every `step`th word; where it goes on.
template <int step> std::uint32_t* spread(const std::int8_t* bytes, int groups, std::uint32_t* to) {
    for (; groups > 0; --groups, bytes += 4, to += 2 * step) {
        const std::uint32_t word = load_word(bytes);
        to[0] = sxtb16(word);
        to[step] = sxtb16_odd(word);
    }
    return to;
}

} // namespace kernels
