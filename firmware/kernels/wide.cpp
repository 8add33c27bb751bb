#include "kernels/wide.hpp"

#include "kernels/products.hpp"

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

/// The sums of `channels` outputs side by side over every tap that lies on the image.
template <int channels>
void sum_up(const WideConvolution& c, const std::int16_t* input, int top, int left,
            const std::int8_t* weights, Sums<channels>& sums) {
    const ConvolutionShape& shape = c.shape;
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
            sums.add(x, w, c.channel_step, c.inputs);
        }
    }
}

/// The same where a row of a window is one run of values and of weights.
template <int channels>
void sum_up_runs(const WideConvolution& c, const std::int16_t* input, int top, int left,
                 const std::int8_t* weights, Sums<channels>& sums) {
    const ConvolutionShape& shape = c.shape;
    const int begin = std::max(left, 0);
    const int end = std::min(left + shape.kernel_width, shape.input_width);
    if (begin >= end)
        return;
    const std::int16_t* x = input + begin * c.inputs;
    const std::int8_t* w = weights + (begin - left) * c.inputs;
    for (int i = 0; i < shape.kernel_height; ++i) {
        const int row = top + i * c.dilation_height;
        if (row < 0 || row >= shape.input_height)
            continue;
        sums.add(x + row * shape.input_width * c.inputs, w + i * shape.kernel_width * c.inputs,
                 c.channel_step, (end - begin) * c.inputs);
    }
}

/// The sums of four channels of which each takes one of the input's: over fewer taps than a sum of
/// 32 bits may have products.
void sum_up_channels(const WideConvolution& c, const std::int16_t* input, int top, int left,
                     const std::int8_t* weights, Sums<4>& sums) {
    const ConvolutionShape& shape = c.shape;
    for (int i = 0; i < shape.kernel_height; ++i) {
        const int row = top + i * c.dilation_height;
        if (row < 0 || row >= shape.input_height)
            continue;
        for (int j = 0; j < shape.kernel_width; ++j) {
            const int column = left + j * c.dilation_width;
            if (column < 0 || column >= shape.input_width)
                continue;
            multiply_four(input + (row * shape.input_width + column) * shape.input_channels,
                          weights + (i * shape.kernel_width + j) * c.tap_step, sums.narrow);
        }
    }
}

template <int channels>
using SumUp = void (*)(const WideConvolution&, const std::int16_t*, int, int, const std::int8_t*,
                       Sums<channels>&);

/// How outputs are summed up, four channels at a time and one.
struct Way {
    SumUp<4> four;
    SumUp<1> one;
    bool by_channel; ///< each channel has an input of its own
};

Way way_of(const WideConvolution& c, int in_group) {
    const ConvolutionShape& shape = c.shape;
    const bool by_channel = c.inputs == 1 && in_group == 1 && c.channel_step == 1;
    if (by_channel && !c.transposed && shape.kernel_height * shape.kernel_width <= most_products)
        return {sum_up_channels, sum_up<1>, true};
    const bool in_runs = !c.transposed && c.groups == 1 && c.tap_step == c.inputs &&
                         (c.dilation_width == 1 || shape.kernel_width == 1);
    if (in_runs)
        return {sum_up_runs<4>, sum_up_runs<1>, false};
    return {sum_up<4>, sum_up<1>, false};
}

std::int16_t clamped(const OutputRange& range, std::int32_t value) {
    return static_cast<std::int16_t>(
        std::clamp(value + range.zero_point, range.minimum, range.maximum));
}

/// What is the same for all outputs of a channel: see `multiply_wide`.
struct Scale {
    std::int32_t upper;
    int shift; ///< to the right, but for the place that rounds

    Scale(std::int32_t multiplier, int exponent)
        : upper(multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF),
          shift(14 - exponent) {}
    std::int32_t operator()(std::int64_t value) const {
        // The half that rounds is added behind the shift but for one place: one shift of 64 bits.
        return static_cast<std::int32_t>(((value * upper >> shift) + 1) >> 1);
    }
};

/// Outputs side by side are summed up first and finished then: the instruction cache has 1 KB
/// (RM0432 3.3.4), which is enough for each alone.
constexpr int pixels = 8;

/// `count` outputs of the channels from `o` on.
template <int channels>
[[gnu::noinline]] void finish(const WideConvolution& c, int o, const Sums<channels> (&sums)[pixels],
                              int count, std::int16_t* output) {
    for (int channel = 0; channel < channels; ++channel, ++o) {
        std::int16_t* to = output + o;
        if (c.bias32) {
            for (int i = 0; i < count; ++i, to += c.shape.output_channels)
                *to = clamped(c.range,
                              multiply_by_quantized_multiplier(
                                  static_cast<std::int32_t>(sums[i].total(channel) + c.bias32[o]),
                                  c.multipliers[o], c.shifts[o]));
            continue;
        }
        const Scale scale(c.multipliers[o], c.shifts[o]);
        const std::int64_t bias = c.bias64 ? c.bias64[o] : 0;
#pragma GCC unroll 1
        for (int i = 0; i < count; ++i, to += c.shape.output_channels)
            *to = clamped(c.range, scale(sums[i].total(channel) + bias));
    }
}

/// Where a row of outputs begins on the image, and how far the next output's window is.
struct Windows {
    int top, left, step;
};

/// `channels` channels from `o` on of `count` outputs side by side.
template <int channels>
void make(const WideConvolution& c, SumUp<channels> sum_up, const std::int16_t* input,
          const Windows& windows, int o, int count, std::int16_t* output) {
    Sums<channels> sums[pixels];
    const std::int8_t* weights = c.weights + o * c.channel_step;
    for (int i = 0; i < count; ++i)
        sum_up(c, input, windows.top, windows.left + i * windows.step, weights, sums[i]);
    finish(c, o, sums, count, output);
}

} // namespace

std::int32_t multiply_wide(std::int64_t value, std::int32_t multiplier, int shift) {
    return Scale(multiplier, shift)(value);
}

void convolve(const WideConvolution& c, const std::int16_t* input, std::int16_t* output) {
    const ConvolutionShape& shape = c.shape;
    const int in_group = shape.output_channels / c.groups;
    const Way way = way_of(c, in_group);
    const int together = way.by_channel ? shape.output_channels : in_group;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; x += pixels) {
            const Windows windows =
                c.transposed
                    ? Windows{y + shape.padding_top, x + shape.padding_left, 1}
                    : Windows{y * shape.stride_height - shape.padding_top,
                              x * shape.stride_width - shape.padding_left, shape.stride_width};
            const int count = std::min(shape.output_width - x, pixels);
            const std::int16_t* from = input;
            for (int o = 0; o < shape.output_channels; from += c.inputs)
                for (const int end = o + together; o < end;) {
                    const std::int16_t* values = way.by_channel ? input + o : from;
                    const bool are_four = end - o >= 4;
                    if (are_four)
                        make<4>(c, way.four, values, windows, o, count, output);
                    else
                        make<1>(c, way.one, values, windows, o, count, output);
                    o += are_four ? 4 : 1;
                }
            output += count * shape.output_channels;
        }
}

} // namespace kernels
