#include "kernels/sigmoid.hpp"

namespace kernels {
namespace {

/// The logistic function of |value| / 2^`bits` / 24, of 16 + `bits` fractional bits.
std::int32_t between(std::int32_t value, int bits, const std::uint16_t* table, std::int32_t most) {
    const auto magnitude = static_cast<std::uint32_t>(value < 0 ? -value : value);
    const std::uint32_t at = magnitude >> bits;
    if (at >= 255)
        return most;
    const std::uint32_t low = table[at];
    const std::uint32_t part = magnitude & ((1u << bits) - 1);
    return static_cast<std::int32_t>((low << bits) + part * (table[at + 1] - low));
}

std::int32_t scaled(std::int16_t x, const Fineness& fineness) {
    const int round = fineness.shift > 0 ? 1 << (fineness.shift - 1) : 0;
    return (x * fineness.multiplier + round) >> fineness.shift;
}

} // namespace

Fineness fineness_of_power(int left) {
    return left < 0 ? Fineness{3, -left} : Fineness{3 << left, 0};
}

Fineness fineness_of(double scale) {
    constexpr double most = 32767.0 / 2.0;
    double multiplier = scale * 4096.0 * 3.0;
    int shift = 0;
    for (; multiplier <= most && shift <= 30; ++shift)
        multiplier *= 2.0;
    return {static_cast<std::int32_t>(multiplier), shift};
}

std::int16_t tangent(std::int16_t x, const Fineness& fineness, const std::uint16_t* table) {
    const std::int32_t value = scaled(x, fineness);
    std::int32_t result = between(value, 8, table, 0xFFFF << 8);
    result = value >= 0 ? result - (1 << 23) + (1 << 7) : -result + (1 << 23) + (1 << 7) - 1;
    return static_cast<std::int16_t>(result >> 8);
}

std::int16_t sigmoid(std::int16_t x, const Fineness& fineness, const std::uint16_t* table) {
    const std::int32_t value = scaled(x, fineness);
    std::int32_t result = between(value, 9, table, 0x7FFF << 10);
    result = value >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1;
    return static_cast<std::int16_t>(result >> 10);
}

} // namespace kernels
