#include "kernels/wide.hpp"

#include <algorithm>

namespace kernels {
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
