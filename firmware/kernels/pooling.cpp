#include "kernels/pooling.hpp"

namespace kernels {
namespace {

/// A window's part inside the image.
struct Window {
    const std::int8_t* from;
    int rows, columns;
    int row_step, column_step;
};

/// The greater of `to` and of two pixels, channel by channel.
void take_greater(const std::int8_t* a, const std::int8_t* b, std::int8_t* to, int channels) {
    for (; channels >= 4; channels -= 4, a += 4, b += 4, to += 4) {
        const std::uint32_t four = max8(load_word(to), max8(load_word(a), load_word(b)));
        std::memcpy(to, &four, sizeof four);
    }
    for (; channels > 0; --channels, ++a, ++b, ++to) {
        const std::int8_t greater = *a > *b ? *a : *b;
        *to = greater > *to ? greater : *to;
    }
}

void find_greatest(const Window& window, std::int8_t* to, int channels) {
    const std::uint32_t least = 0x80808080;
    int c = 0;
    for (; c + 4 <= channels; c += 4)
        std::memcpy(to + c, &least, sizeof least);
    for (; c < channels; ++c)
        to[c] = -128;
    const std::int8_t* row = window.from;
    for (int i = 0; i < window.rows; ++i, row += window.row_step) {
        const std::int8_t* from = row;
        int j = window.columns;
        for (; j >= 2; j -= 2, from += 2 * window.column_step)
            take_greater(from, from + window.column_step, to, channels);
        if (j != 0)
            take_greater(from, from, to, channels);
    }
}

} // namespace

void max_pool(const ConvolutionShape& shape, const OutputRange& range, const std::int8_t* input,
              std::int8_t* output) {
    const int channels = shape.input_channels;
    const bool clamps = range.minimum > -128 || range.maximum < 127;
    const auto clamp = [&](std::int32_t value) {
        value = value < range.minimum ? range.minimum : value;
        return static_cast<std::int8_t>(value > range.maximum ? range.maximum : value);
    };
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x) {
            int top = y * shape.stride_height - shape.padding_top;
            int left = x * shape.stride_width - shape.padding_left;
            int bottom = top + shape.kernel_height;
            int right = left + shape.kernel_width;
            top = top < 0 ? 0 : top;
            left = left < 0 ? 0 : left;
            bottom = bottom > shape.input_height ? shape.input_height : bottom;
            right = right > shape.input_width ? shape.input_width : right;
            find_greatest({input + (top * shape.input_width + left) * channels, bottom - top,
                           right - left, shape.input_width * channels, channels},
                          output, channels);
            for (int c = 0; clamps && c < channels; ++c)
                output[c] = clamp(output[c]);
            output += channels;
        }
}

} // namespace kernels
