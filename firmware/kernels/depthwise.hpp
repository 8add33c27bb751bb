#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// A depthwise convolution of one image, channel multiplier 1; weights are HWC.
struct Depthwise {
    ConvolutionShape shape; ///< output_channels = input_channels
    OutputRange range;
    bool quick;
    std::int8_t input_zero_point;
    const std::uint32_t* stream; ///< see pack_depthwise; or pack_planes
    bool finishes;               ///< see pack_depthwise
};

/// Whether the channels, which are `quick`, can be finished without a Requantizer.
bool depthwise_finishes(const ConvolutionShape& shape, const Channel* channels);

/// Words that `pack_depthwise` writes.
std::size_t depthwise_words(const ConvolutionShape& shape);

/// Four channels after each other: their sums to start from, a word for each two neighbouring taps
/// of each (HWC), and what finishes their sums; or else requantizes them: multiplier and shift.
/// What is not there is 0. Taps of a kernel of one column are neighbours as those of a row are.
void pack_depthwise(const Depthwise& depthwise, const std::int8_t* weights, const Channel* channels,
                    std::uint32_t* to);

/// Bytes of working memory: the input with its rim; none, where every tap falls inside.
std::size_t depthwise_scratch(const ConvolutionShape& shape);

void convolve_depthwise(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                        void* scratch);

} // namespace kernels
