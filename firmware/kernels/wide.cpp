#include "kernels/wide.hpp"

namespace kernels {
namespace {

/// TFLite's multiplication of a sum of 64 bits: by the multiplier's upper half, in one rounding.
std::int32_t multiply_wide(std::int64_t value, std::int32_t multiplier, int shift) {
    const std::int32_t upper =
        multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : std::int32_t{0x7FFF};
    const int total = 15 - shift;
    return static_cast<std::int32_t>((value * upper + (std::int64_t{1} << (total - 1))) >> total);
}

std::int64_t sum_up(const WideConvolution& c, const std::int16_t* input, int top, int left,
                    const std::int8_t* weights) {
    const ConvolutionShape& shape = c.shape;
    std::int64_t sum = 0;
    for (int i = 0; i < shape.kernel_height; ++i) {
        const int row = top + i * c.dilation_height;
        if (row < 0 || row >= shape.input_height)
            continue;
        for (int j = 0; j < shape.kernel_width; ++j) {
            const int column = left + j * c.dilation_width;
            if (column < 0 || column >= shape.input_width)
                continue;
            const std::int16_t* x =
                input + (row * shape.input_width + column) * shape.input_channels;
            const std::int8_t* w = weights + (i * shape.kernel_width + j) * c.tap_step;
            for (int k = 0; k < c.inputs; ++k)
                sum += x[k] * w[k];
        }
    }
    return sum;
}

} // namespace

void convolve(const WideConvolution& c, const std::int16_t* input, std::int16_t* output) {
    const ConvolutionShape& shape = c.shape;
    const int in_group = shape.output_channels / c.groups;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x)
            for (int o = 0; o < shape.output_channels; ++o) {
                std::int64_t sum = sum_up(
                    c, input + o / in_group * c.inputs, y * shape.stride_height - shape.padding_top,
                    x * shape.stride_width - shape.padding_left, c.weights + o * c.channel_step);
                sum += c.bias64 ? c.bias64[o] : c.bias32 ? c.bias32[o] : 0;
                std::int32_t value =
                    c.bias32 ? multiply_by_quantized_multiplier(static_cast<std::int32_t>(sum),
                                                                c.multipliers[o], c.shifts[o])
                             : multiply_wide(sum, c.multipliers[o], c.shifts[o]);
                value += c.range.zero_point;
                value = value < c.range.minimum ? c.range.minimum : value;
                *output++ =
                    static_cast<std::int16_t>(value > c.range.maximum ? c.range.maximum : value);
            }
}

} // namespace kernels
