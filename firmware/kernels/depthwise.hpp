#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// A depthwise convolution of one image, channel multiplier 1; weights are HWC.
struct Depthwise {
    ConvolutionShape shape; ///< output_channels = input_channels
    OutputRange range;
    bool quick;
    std::int8_t input_zero_point;
    const std::int8_t* weights;
    const std::uint32_t* pairs; ///< from pair_weights, or null for the general way
    const Channel* channels;
};

/// Whether the quick way takes this shape: 3 x 3, channels in fours.
bool pairs_fit(const ConvolutionShape& shape);

/// Words that `pair_weights` writes.
std::size_t pair_words(const ConvolutionShape& shape);

/// Weights of two taps in a word, for four channels after each other; of an odd number of taps the
/// last word has a 0.
void pair_weights(const ConvolutionShape& shape, const std::int8_t* weights, std::uint32_t* pairs);

/// Bytes of working memory: the input with its rim.
std::size_t depthwise_scratch(const ConvolutionShape& shape);

void convolve_depthwise(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                        void* scratch);

} // namespace kernels
