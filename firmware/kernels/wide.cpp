#include "kernels/wide.hpp"

#include <algorithm>

namespace kernels {
namespace {

/// Where a tap of an output lies along one dimension of the input; -1 outside.
int place(int start, int tap, int stride, int size, bool transposed) {
    int at = start + tap;
    if (transposed) {
        // The other way round: the input's pixel from which this tap reaches the output.
        if (at < 0 || at % stride != 0)
            return -1;
        at /= stride;
    }
    return at < size ? at : -1;
}

std::int64_t sum_up(const WideConvolution& c, const std::int16_t* input, int top, int left,
                    const std::int8_t* weights) {
    const ConvolutionShape& shape = c.shape;
    std::int64_t sum = 0;
    for (int i = 0; i < shape.kernel_height; ++i) {
        const int down = c.transposed ? -i : i * c.dilation_height;
        const int row = place(top, down, shape.stride_height, shape.input_height, c.transposed);
        if (row < 0)
            continue;
        for (int j = 0; j < shape.kernel_width; ++j) {
            const int right = c.transposed ? -j : j * c.dilation_width;
            const int column =
                place(left, right, shape.stride_width, shape.input_width, c.transposed);
            if (column < 0)
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

std::int32_t multiply_wide(std::int64_t value, std::int32_t multiplier, int shift) {
    const std::int32_t upper =
        multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : std::int32_t{0x7FFF};
    const int total = 15 - shift;
    return static_cast<std::int32_t>((value * upper + (std::int64_t{1} << (total - 1))) >> total);
}

void convolve(const WideConvolution& c, const std::int16_t* input, std::int16_t* output) {
    const ConvolutionShape& shape = c.shape;
    const int in_group = shape.output_channels / c.groups;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x)
            for (int o = 0; o < shape.output_channels; ++o) {
                const int top = c.transposed ? y + shape.padding_top
                                             : y * shape.stride_height - shape.padding_top;
                const int left = c.transposed ? x + shape.padding_left
                                              : x * shape.stride_width - shape.padding_left;
                std::int64_t sum = sum_up(c, input + o / in_group * c.inputs, top, left,
                                          c.weights + o * c.channel_step);
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

namespace {

/// The part inside the image of what a window covers along one dimension.
struct Span {
    int first, end;
};

Span span(int place, int stride, int padding, int kernel, int size) {
    const int first = place * stride - padding;
    return {std::max(first, 0), std::min(first + kernel, size)};
}

/// For each output, start + take(...) over the values of its window, through `finish`.
template <class Take, class Finish>
void pool(const ConvolutionShape& shape, std::int32_t start, const std::int16_t* input,
          std::int16_t* output, Take take, Finish finish) {
    const int channels = shape.input_channels;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x) {
            const Span rows = span(y, shape.stride_height, shape.padding_top, shape.kernel_height,
                                   shape.input_height);
            const Span columns = span(x, shape.stride_width, shape.padding_left, shape.kernel_width,
                                      shape.input_width);
            const int count = (rows.end - rows.first) * (columns.end - columns.first);
            for (int c = 0; c < channels; ++c) {
                std::int32_t value = start;
                for (int i = rows.first; i < rows.end; ++i)
                    for (int j = columns.first; j < columns.end; ++j)
                        value = take(value, input[(i * shape.input_width + j) * channels + c]);
                *output++ = finish(value, count);
            }
        }
}

std::int16_t clamped(std::int32_t value, const OutputRange& range) {
    return static_cast<std::int16_t>(std::min(std::max(value, range.minimum), range.maximum));
}

} // namespace

void max_pool(const ConvolutionShape& shape, const OutputRange& range, const std::int16_t* input,
              std::int16_t* output) {
    pool(
        shape, -32768, input, output,
        [](std::int32_t greatest, std::int16_t value) {
            return std::max<std::int32_t>(greatest, value);
        },
        [&](std::int32_t greatest, int) { return clamped(greatest, range); });
}

void average_pool(const ConvolutionShape& shape, const OutputRange& range,
                  const std::int16_t* input, std::int16_t* output) {
    pool(
        shape, 0, input, output, [](std::int32_t sum, std::int16_t value) { return sum + value; },
        [&](std::int32_t sum, int count) {
            const std::int32_t half = sum > 0 ? count / 2 : -(count / 2);
            return clamped((sum + half) / count, range);
        });
}

} // namespace kernels
