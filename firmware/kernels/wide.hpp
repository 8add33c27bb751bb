#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// A convolution of one image of int16 by weights of int8, both symmetric; its kinds and the steps
/// between weights are those of `Taps`.
struct WideConvolution {
    ConvolutionShape shape;
    int dilation_height, dilation_width;
    int groups;
    int inputs; ///< into one output
    int channel_step, tap_step;
    OutputRange range;
    const std::int8_t* weights;
    const std::int64_t* bias64; ///< one of the two, or none
    const std::int32_t* bias32;
    const std::int32_t* multipliers;
    const int* shifts;
};

void convolve(const WideConvolution& convolution, const std::int16_t* input, std::int16_t* output);

} // namespace kernels
