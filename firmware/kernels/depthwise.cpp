#include "kernels/depthwise.hpp"

#include "kernels/four.hpp"

namespace kernels {
namespace {

constexpr int pairs_per_channel = 5;

int framed_height(const ConvolutionShape& shape) {
    return (shape.output_height - 1) * shape.stride_height + shape.kernel_height;
}
int framed_width(const ConvolutionShape& shape) {
    return (shape.output_width - 1) * shape.stride_width + shape.kernel_width;
}

/// Copies the input into a frame of its zero point, so that no tap falls outside.
void frame(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* framed) {
    const ConvolutionShape& shape = depthwise.shape;
    const int channels = shape.input_channels;
    const int height = framed_height(shape);
    const int width = framed_width(shape);
    const int left = shape.padding_left;
    const int copied = shape.input_width < width - left ? shape.input_width : width - left;
    const auto fill = [&](std::int8_t* at, int pixels) {
        std::memset(at, depthwise.input_zero_point, static_cast<std::size_t>(pixels * channels));
    };
    for (int y = 0; y < height; ++y, framed += width * channels) {
        const int from = y - shape.padding_top;
        if (from < 0 || from >= shape.input_height) {
            fill(framed, width);
            continue;
        }
        fill(framed, left);
        std::memcpy(framed + left * channels, input + from * shape.input_width * channels,
                    static_cast<std::size_t>(copied * channels));
        fill(framed + (left + copied) * channels, width - left - copied);
    }
}

void convolve_pairs(const Depthwise& depthwise, const std::int8_t* framed, std::int8_t* output) {
    const ConvolutionShape& shape = depthwise.shape;
    const Requantizer requantize(depthwise.range, depthwise.quick);
    const int channels = shape.input_channels;
    const int row = framed_width(shape) * channels;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x) {
            const std::int8_t* top =
                framed + y * shape.stride_height * row + x * shape.stride_width * channels;
            const std::uint32_t* pairs = depthwise.pairs;
            const Channel* channel = depthwise.channels;
            for (const Channel* const end = channel + channels; channel != end; channel += 4) {
                const std::int8_t* middle = top + row;
                const std::int8_t* bottom = middle + row;
                Four four{{channel[0].bias, channel[1].bias, channel[2].bias, channel[3].bias}};
                four.add(load_word(top), load_word(top + channels), pairs);
                four.add(load_word(top + 2 * channels), load_word(middle), pairs + 4);
                four.add(load_word(middle + channels), load_word(middle + 2 * channels), pairs + 8);
                four.add(load_word(bottom), load_word(bottom + channels), pairs + 12);
                four.add(load_word(bottom + 2 * channels), 0, pairs + 16);
                for (int i = 0; i < 4; ++i)
                    output[i] = requantize(four.sum[i], channel[i].multiplier, channel[i].shift);
                output += 4;
                top += 4;
                pairs += 4 * pairs_per_channel;
            }
        }
}

void convolve_plainly(const Depthwise& depthwise, const std::int8_t* framed, std::int8_t* output) {
    const ConvolutionShape& shape = depthwise.shape;
    const Requantizer requantize(depthwise.range, depthwise.quick);
    const int channels = shape.input_channels;
    const int row = framed_width(shape) * channels;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x)
            for (int c = 0; c < channels; ++c) {
                const std::int8_t* from =
                    framed + y * shape.stride_height * row + x * shape.stride_width * channels + c;
                const std::int8_t* weights = depthwise.weights + c;
                const Channel& channel = depthwise.channels[c];
                std::int32_t sum = channel.bias;
                for (int i = 0; i < shape.kernel_height; ++i, from += row)
                    for (int j = 0; j < shape.kernel_width; ++j, weights += channels)
                        sum += from[j * channels] * *weights;
                *output++ = requantize(sum, channel.multiplier, channel.shift);
            }
}

} // namespace

bool pairs_fit(const ConvolutionShape& shape) {
    return shape.kernel_height == 3 && shape.kernel_width == 3 && shape.input_channels % 4 == 0;
}

std::size_t pair_words(const ConvolutionShape& shape) {
    const int taps = shape.kernel_height * shape.kernel_width;
    return static_cast<std::size_t>((taps + 1) / 2 * shape.input_channels);
}

void pair_weights(const ConvolutionShape& shape, const std::int8_t* weights, std::uint32_t* pairs) {
    const int channels = shape.input_channels;
    const int taps = shape.kernel_height * shape.kernel_width;
    for (int group = 0; group < channels; group += 4)
        for (int first = 0; first < taps; first += 2)
            for (int c = group; c < group + 4; ++c) {
                const int low = weights[first * channels + c];
                const int high = first + 1 < taps ? weights[(first + 1) * channels + c] : 0;
                *pairs++ = (static_cast<std::uint32_t>(low) & 0xFFFF) |
                           static_cast<std::uint32_t>(high) << 16;
            }
}

std::size_t depthwise_scratch(const ConvolutionShape& shape) {
    return static_cast<std::size_t>(framed_height(shape) * framed_width(shape) *
                                    shape.input_channels);
}

void convolve_depthwise(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                        void* scratch) {
    auto* const framed = static_cast<std::int8_t*>(scratch);
    frame(depthwise, input, framed);
    if (depthwise.pairs)
        convolve_pairs(depthwise, framed, output);
    else
        convolve_plainly(depthwise, framed, output);
}

} // namespace kernels
