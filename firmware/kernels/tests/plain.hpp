#pragma once

#include "kernels/convolution.hpp"

#include <cstdint>
#include <vector>

/// The arithmetic of quantized layers in the plainest form, and random cases of it.
namespace plain {

using Bytes = std::vector<std::int8_t>;

/// How many random cases each kernel is tried on.
constexpr int cases = 2000;

/// A number from `low` to `high`, the same sequence in each run.
int between(int low, int high);
Bytes random_bytes(int count);

/// MultiplyByQuantizedMultiplier as gemmlowp words it: truncating division and remainders.
std::int32_t multiply(std::int32_t value, std::int32_t multiplier, int shift);

struct Quantization {
    std::vector<std::int32_t> bias, multiplier;
    std::vector<int> shift;
    kernels::OutputRange range;
    int input_zero_point;
};

Quantization random_quantization(int channels);

/// A channel's sum as its output.
std::int8_t finish(const Quantization& q, int channel, std::int64_t sum);

/// Channels as the adapters make them: the weights of one are `step` apart, those of channel c
/// begin at `first * c`.
std::vector<kernels::Channel> channels_of(const Quantization& q, const Bytes& weights, int count,
                                          int step, int first, bool& quick);

kernels::ConvolutionShape random_shape(int channels_in, int channels_out, int kernel_height,
                                       int kernel_width);

/// The value of the input at a place, less its zero point; 0 outside.
int at(const kernels::ConvolutionShape& shape, const Bytes& input, int zero, int y, int x, int c);

} // namespace plain
