#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// A convolution of one image of any kind: dilated, in groups, with a multiplier of channels,
/// transposed. Weights of an output channel lie `channel_step` apart, those of a place in the
/// kernel `tap_step`, and those of the inputs that go into one output follow each other.
struct Taps {
    ConvolutionShape shape;
    int dilation_height, dilation_width;
    bool transposed;
    int groups;
    int inputs; ///< into one output
    int channel_step, tap_step;
    OutputRange range;
    bool quick;
    const std::int8_t* weights;
    const std::uint32_t* packed;  ///< see pack_weights
    const std::int32_t* tap_sums; ///< see sum_taps
    const Channel* channels;      ///< without the input's zero point folded in
};

/// For each output channel, the input's zero point times the sum of each tap's weights: taps that
/// fall outside the image leave it out.
void sum_taps(const Taps& taps, std::int32_t input_zero_point, std::int32_t* sums);
std::size_t tap_sum_count(const Taps& taps);

/// Weights as the inner loop reads them, which in RAM has no waits: for four output channels of a
/// group, for each tap, four values of each channel in turn. What does not fill fours stays where
/// it is.
void pack_weights(const Taps& taps, std::uint32_t* to);
std::size_t packed_words(const Taps& taps);

/// Bytes of working memory, aligned to 4.
std::size_t taps_scratch(const Taps& taps);

void convolve_taps(const Taps& taps, const std::int8_t* input, std::int8_t* output, void* scratch);

} // namespace kernels
