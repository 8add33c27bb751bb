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
    bool transposed;
    OutputRange range;
    const std::int8_t* weights;
    const std::int64_t* bias64; ///< one of the two, or none
    const std::int32_t* bias32;
    const std::int32_t* multipliers;
    const int* shifts;
};

/// TFLite's multiplication of a sum of 64 bits: by the multiplier's upper half, in one rounding.
std::int32_t multiply_wide(std::int64_t value, std::int32_t multiplier, int shift);

void convolve(const WideConvolution& convolution, const std::int16_t* input, std::int16_t* output);

/// Maxima and means of the windows of one image of int16; see `pooling.hpp`.
void max_pool(const ConvolutionShape& shape, const OutputRange& range, const std::int16_t* input,
              std::int16_t* output);
void average_pool(const ConvolutionShape& shape, const OutputRange& range,
                  const std::int16_t* input, std::int16_t* output);

} // namespace kernels
