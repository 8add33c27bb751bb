#include "kernels/depthwise_line.hpp"

#include "kernels/four.hpp"

namespace kernels {
namespace {

/// Along which the taps lie, one `step` after the other.
struct Line {
    int height, width; ///< of what the taps read
    explicit Line(const ConvolutionShape& shape)
        : height((shape.output_height - 1) * shape.stride_height + shape.kernel_height),
          width((shape.output_width - 1) * shape.stride_width + shape.kernel_width) {}
};

/// Whether the taps read the input as it is.
bool is_inside(const ConvolutionShape& shape, const Line& line) {
    return shape.padding_top == 0 && shape.padding_left == 0 && line.height <= shape.input_height &&
           line.width == shape.input_width;
}

/// Copies the input into its zero point, so that no tap falls outside.
void frame(const Depthwise& depthwise, const Line& line, const std::int8_t* input,
           std::int8_t* framed) {
    const ConvolutionShape& shape = depthwise.shape;
    const auto bytes = [&](int pixels) {
        return static_cast<std::size_t>(pixels * shape.input_channels);
    };
    std::memset(framed, depthwise.input_zero_point, bytes(line.height * line.width));
    const int right = line.width - shape.padding_left;
    const int columns = shape.input_width < right ? shape.input_width : right;
    const int below = line.height - shape.padding_top;
    const int rows = shape.input_height < below ? shape.input_height : below;
    for (int y = 0; y < rows; ++y)
        std::memcpy(framed + bytes((y + shape.padding_top) * line.width + shape.padding_left),
                    input + bytes(y * shape.input_width), bytes(columns));
}

} // namespace

bool is_line(const ConvolutionShape& shape) {
    return (shape.kernel_height == 1 || shape.kernel_width == 1) && shape.input_channels % 4 == 0;
}

std::size_t line_scratch(const ConvolutionShape& shape) {
    const Line line(shape);
    return is_inside(shape, line)
               ? 0
               : static_cast<std::size_t>(line.height * line.width * shape.input_channels);
}

void convolve_line(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                   void* scratch) {
    const ConvolutionShape& shape = depthwise.shape;
    const Line line(shape);
    if (!is_inside(shape, line)) {
        auto* const framed = static_cast<std::int8_t*>(scratch);
        frame(depthwise, line, input, framed);
        input = framed;
    }
    const Requantizer requantize(depthwise.range, depthwise.quick);
    const int channels = shape.input_channels;
    const int row = line.width * channels;
    const int step = shape.kernel_width == 1 ? row : channels;
    const int taps = shape.kernel_height * shape.kernel_width;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x) {
            const std::int8_t* first =
                input + y * shape.stride_height * row + x * shape.stride_width * channels;
            const std::uint32_t* pairs = depthwise.pairs;
            const Channel* channel = depthwise.channels;
            for (const Channel* const end = channel + channels; channel != end; channel += 4) {
                Four four{{channel[0].bias, channel[1].bias, channel[2].bias, channel[3].bias}};
                const std::int8_t* at = first;
                int left = taps;
                for (; left > 1; left -= 2, at += 2 * step, pairs += 4)
                    four.add(load_word(at), load_word(at + step), pairs);
                if (left != 0) {
                    four.add(load_word(at), 0, pairs);
                    pairs += 4;
                }
                for (int i = 0; i < 4; ++i)
                    output[i] = requantize(four.sum[i], channel[i].multiplier, channel[i].shift);
                output += 4;
                first += 4;
            }
        }
}

} // namespace kernels
