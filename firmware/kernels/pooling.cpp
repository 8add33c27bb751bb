#include "kernels/pooling.hpp"

namespace kernels {
namespace {

/// A window's part inside the image.
struct Window {
    const std::int8_t* from;
    int rows, columns;
    int row_step, column_step;
};

std::int8_t greatest(const Window& window) {
    std::int8_t result = -128;
    const std::int8_t* row = window.from;
    for (int i = 0; i < window.rows; ++i, row += window.row_step) {
        const std::int8_t* from = row;
        for (int j = 0; j < window.columns; ++j, from += window.column_step)
            result = *from > result ? *from : result;
    }
    return result;
}

/// Of four channels at once.
std::uint32_t greatest_four(const Window& window) {
    std::uint32_t result = 0x80808080;
    const std::int8_t* row = window.from;
    for (int i = 0; i < window.rows; ++i, row += window.row_step) {
        const std::int8_t* from = row;
        int j = window.columns;
        for (; j >= 2; j -= 2, from += 2 * window.column_step) {
            const std::uint32_t a = load_word(from);
            const std::uint32_t b = load_word(from + window.column_step);
            result = max8(result, max8(a, b));
        }
        if (j != 0)
            result = max8(result, load_word(from));
    }
    return result;
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
            Window window{input + (top * shape.input_width + left) * channels, bottom - top,
                          right - left, shape.input_width * channels, channels};
            int c = 0;
            for (; c + 4 <= channels; c += 4, window.from += 4, output += 4) {
                const std::uint32_t four = greatest_four(window);
                std::memcpy(output, &four, sizeof four);
                if (clamps)
                    for (int i = 0; i < 4; ++i)
                        output[i] = clamp(output[i]);
            }
            for (; c < channels; ++c, ++window.from)
                *output++ = clamp(greatest(window));
        }
}

} // namespace kernels
