#pragma once

#include <cstdint>

namespace kernels {

/// A scale of int16 as TFLite's table of the logistic function wants it: x * multiplier >> shift,
/// rounded, is x in parts of 1 / (3 * 4096).
struct Fineness {
    std::int32_t multiplier;
    int shift;
};

/// For a power of two: 2^`left` parts of 1 / 4096.
Fineness fineness_of_power(int left);
Fineness fineness_of(double scale);

/// tanh(x) of 15 fractional bits, and 1 / (1 + exp(-x)) of 15, between the entries of TFLite's
/// `table` of the latter at multiples of 1 / 24.
std::int16_t tangent(std::int16_t x, const Fineness& fineness, const std::uint16_t* table);
std::int16_t sigmoid(std::int16_t x, const Fineness& fineness, const std::uint16_t* table);

} // namespace kernels
