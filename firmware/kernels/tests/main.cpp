/// The kernels against the plainest possible code for the same arithmetic, on random shapes.
#include "kernels/depthwise_line.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/fully_connected.hpp"
#include "kernels/lanes.hpp"
#include "kernels/planes.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

namespace {

using Bytes = std::vector<std::int8_t>;

std::mt19937 random_source(1);

int between(int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random_source);
}

Bytes random_bytes(int count) {
    Bytes bytes(static_cast<std::size_t>(count));
    for (std::int8_t& byte : bytes)
        byte = static_cast<std::int8_t>(between(-128, 127));
    return bytes;
}

/// MultiplyByQuantizedMultiplier as gemmlowp words it: truncating division and remainders.
std::int32_t multiply(std::int32_t value, std::int32_t multiplier, int shift) {
    const int left = shift > 0 ? shift : 0;
    const int right = shift > 0 ? 0 : -shift;
    const std::int64_t product = std::int64_t{value} * (std::int64_t{1} << left) * multiplier;
    const std::int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
    const auto high = static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
    const std::int64_t mask = (std::int64_t{1} << right) - 1;
    const std::int64_t remainder = high & mask;
    const std::int64_t threshold = (mask >> 1) + (high < 0 ? 1 : 0);
    return static_cast<std::int32_t>((high >> right) + (remainder > threshold ? 1 : 0));
}

struct Quantization {
    std::vector<std::int32_t> bias, multiplier;
    std::vector<int> shift;
    kernels::OutputRange range;
    int input_zero_point;
};

Quantization random_quantization(int channels) {
    Quantization q;
    const int kind = between(0, 3);
    for (int c = 0; c < channels; ++c) {
        q.bias.push_back(kind == 1 ? between(-2000000000, 2000000000) : between(-20000, 20000));
        q.multiplier.push_back(between(1 << 30, 2147483647));
        q.shift.push_back(kind == 1   ? between(-31, -20)
                          : kind == 2 ? between(-3, 1)
                                      : between(-12, -5));
    }
    q.range = {between(-128, 127), -128, 127};
    if (between(0, 1) != 0)
        q.range.minimum = between(-128, 0);
    if (between(0, 3) == 0)
        q.range.maximum = between(q.range.minimum, 127);
    q.input_zero_point = between(-128, 127);
    return q;
}

std::int8_t finish(const Quantization& q, int c, std::int64_t sum) {
    const auto channel = static_cast<std::size_t>(c);
    std::int32_t value =
        multiply(static_cast<std::int32_t>(sum), q.multiplier[channel], q.shift[channel]);
    value += q.range.zero_point;
    value = value < q.range.minimum ? q.range.minimum : value;
    return static_cast<std::int8_t>(value > q.range.maximum ? q.range.maximum : value);
}

/// Channels as the adapters make them; `step` apart, channel c from `first * c` on.
std::vector<kernels::Channel> channels_of(const Quantization& q, const Bytes& weights, int count,
                                          int step, int first, bool& quick) {
    std::vector<kernels::Channel> result;
    quick = true;
    for (std::size_t c = 0; c < q.bias.size(); ++c) {
        int sum = 0;
        int magnitude = 0;
        for (int i = 0; i < count; ++i) {
            const int weight =
                weights[c * static_cast<std::size_t>(first) + static_cast<std::size_t>(i * step)];
            sum += weight;
            magnitude += std::abs(weight);
        }
        result.push_back(kernels::make_channel(q.bias[c], q.input_zero_point, sum, magnitude,
                                               q.multiplier[c], q.shift[c]));
        quick = quick && kernels::is_quick(result.back(), magnitude);
    }
    return result;
}

kernels::ConvolutionShape random_shape(int channels_in, int channels_out, int kernel_height,
                                       int kernel_width) {
    kernels::ConvolutionShape shape{};
    shape.kernel_height = kernel_height;
    shape.kernel_width = kernel_width;
    shape.input_height = between(kernel_height, kernel_height + 6);
    shape.input_width = between(kernel_width, kernel_width + 6);
    shape.input_channels = channels_in;
    shape.output_channels = channels_out;
    shape.stride_height = shape.stride_width = between(1, 2);
    const bool same = between(0, 1) != 0;
    const auto along = [&](int input, int kernel, int stride, int& output, int& padding) {
        output = same ? (input + stride - 1) / stride : (input - kernel) / stride + 1;
        const int total = (output - 1) * stride + kernel - input;
        padding = total > 0 ? total / 2 : 0;
    };
    along(shape.input_height, kernel_height, shape.stride_height, shape.output_height,
          shape.padding_top);
    along(shape.input_width, kernel_width, shape.stride_width, shape.output_width,
          shape.padding_left);
    return shape;
}

int failures = 0;
int in_lanes = 0;
int not_in_lanes = 0;
int planes = 0;
int rows = 0;

void compare(const char* what, const Bytes& actual, const Bytes& expected) {
    if (actual == expected)
        return;
    ++failures;
    std::printf("%s: differs from the plain code\n", what);
}

/// The value of the input at a place, less its zero point; 0 outside.
int at(const kernels::ConvolutionShape& s, const Bytes& input, int zero, int y, int x, int c) {
    if (y < 0 || x < 0 || y >= s.input_height || x >= s.input_width)
        return 0;
    return input[static_cast<std::size_t>((y * s.input_width + x) * s.input_channels + c)] - zero;
}

void test_convolution() {
    const auto shape = random_shape(between(1, 9), between(1, 7), between(1, 4), between(1, 4));
    const auto q = random_quantization(shape.output_channels);
    const Bytes input = random_bytes(shape.input_height * shape.input_width * shape.input_channels);
    Bytes weights = random_bytes(shape.patch() * shape.output_channels);
    if (between(0, 3) != 0) // what symmetric quantization leaves out, and lanes cannot have
        std::replace(weights.begin(), weights.end(), std::int8_t{-128}, std::int8_t{-127});
    if (between(0, 3) == 0) // a channel that training has left unused
        std::fill_n(weights.begin(), shape.patch(), std::int8_t{0});
    Bytes expected;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x)
            for (int o = 0; o < shape.output_channels; ++o) {
                std::int64_t sum = q.bias[static_cast<std::size_t>(o)];
                int w = o * shape.patch();
                for (int i = 0; i < shape.kernel_height; ++i)
                    for (int j = 0; j < shape.kernel_width; ++j)
                        for (int c = 0; c < shape.input_channels; ++c)
                            sum += weights[static_cast<std::size_t>(w++)] *
                                   at(shape, input, q.input_zero_point,
                                      y * shape.stride_height - shape.padding_top + i,
                                      x * shape.stride_width - shape.padding_left + j, c);
                expected.push_back(finish(q, o, sum));
            }
    kernels::Convolution layer{};
    layer.shape = shape;
    layer.range = q.range;
    layer.input_zero_point = static_cast<std::int8_t>(q.input_zero_point);
    const auto channels = channels_of(q, weights, shape.patch(), 1, shape.patch(), layer.quick);
    layer.channels = channels.data();
    layer.in_lanes = layer.quick && kernels::lanes_fit(channels.data(), shape.output_channels,
                                                       weights.data(), shape.patch());
    std::vector<std::uint32_t> packed(
        std::max(kernels::packed_words(shape), kernels::lane_words(shape)));
    if (layer.in_lanes)
        kernels::pack_lanes(shape, weights.data(), channels.data(), q.range.zero_point,
                            packed.data());
    else
        kernels::pack_weights(shape, weights.data(), packed.data());
    ++(layer.in_lanes ? in_lanes : not_in_lanes);
    layer.weights = packed.data();
    std::vector<std::uint32_t> scratch(kernels::convolution_scratch(shape) / 4 + 1);
    Bytes output(expected.size());
    kernels::convolve(layer, input.data(), output.data(), scratch.data());
    compare("convolution", output, expected);
}

void test_depthwise() {
    enum { any, square, column, row };
    const int kind = between(any, row);
    const int channels_in = kind == any ? between(1, 6) : 4 * between(1, 3);
    int height = kind == square ? 3 : between(1, 4);
    int width = kind == square ? 3 : between(1, 4);
    if (kind == column || kind == row) {
        height = kind == column ? between(1, 16) : 1;
        width = kind == row ? between(1, 16) : 1;
    }
    const auto shape = random_shape(channels_in, channels_in, height, width);
    const auto q = random_quantization(channels_in);
    const int taps = shape.kernel_height * shape.kernel_width;
    const Bytes input = random_bytes(shape.input_height * shape.input_width * channels_in);
    const Bytes weights = random_bytes(taps * channels_in);
    Bytes expected;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x)
            for (int c = 0; c < channels_in; ++c) {
                std::int64_t sum = q.bias[static_cast<std::size_t>(c)];
                for (int t = 0; t < taps; ++t)
                    sum +=
                        weights[static_cast<std::size_t>(t * channels_in + c)] *
                        at(shape, input, q.input_zero_point,
                           y * shape.stride_height - shape.padding_top + t / shape.kernel_width,
                           x * shape.stride_width - shape.padding_left + t % shape.kernel_width, c);
                expected.push_back(finish(q, c, sum));
            }
    kernels::Depthwise layer{};
    layer.shape = shape;
    layer.range = q.range;
    layer.input_zero_point = static_cast<std::int8_t>(q.input_zero_point);
    layer.weights = weights.data();
    const auto channels = channels_of(q, weights, taps, channels_in, 1, layer.quick);
    layer.channels = channels.data();
    const bool is_line = kernels::is_line(shape);
    const bool in_planes =
        layer.quick && kernels::planes_fit(shape, channels.data()) && between(0, 3) != 0;
    std::vector<std::uint32_t> packed(
        std::max(kernels::pair_words(shape), kernels::plane_words(shape)));
    auto size = is_line ? kernels::line_scratch(shape) : kernels::depthwise_scratch(shape);
    if (in_planes) {
        kernels::pack_planes(shape, weights.data(), channels.data(), q.range.zero_point,
                             packed.data());
        layer.pairs = packed.data();
        size = kernels::planes_scratch(shape);
        ++planes;
    } else if (is_line || kernels::pairs_fit(shape)) {
        kernels::pair_weights(shape, weights.data(), packed.data());
        layer.pairs = packed.data();
    }
    std::vector<std::uint32_t> scratch(size / 4 + 1);
    Bytes output(expected.size());
    const auto convolve = in_planes ? kernels::convolve_planes
                          : is_line ? kernels::convolve_line
                                    : kernels::convolve_depthwise;
    convolve(layer, input.data(), output.data(), scratch.data());
    compare("depthwise convolution", output, expected);
}

void test_fully_connected() {
    const int inputs = between(1, 40);
    const int outputs = between(1, 11);
    const auto q = random_quantization(outputs);
    const Bytes input = random_bytes(inputs);
    Bytes weights = random_bytes(inputs * outputs);
    if (between(0, 3) != 0)
        std::replace(weights.begin(), weights.end(), std::int8_t{-128}, std::int8_t{-127});
    Bytes expected;
    for (int o = 0; o < outputs; ++o) {
        std::int64_t sum = q.bias[static_cast<std::size_t>(o)];
        for (int i = 0; i < inputs; ++i)
            sum += weights[static_cast<std::size_t>(o * inputs + i)] *
                   (input[static_cast<std::size_t>(i)] - q.input_zero_point);
        expected.push_back(finish(q, o, sum));
    }
    kernels::FullyConnected layer{};
    layer.inputs = inputs;
    layer.outputs = outputs;
    layer.range = q.range;
    layer.weights = weights.data();
    const auto channels = channels_of(q, weights, inputs, 1, inputs, layer.quick);
    layer.channels = channels.data();
    const bool fits = layer.quick && between(0, 3) != 0 &&
                      kernels::lanes_fit(channels.data(), outputs, weights.data(), inputs);
    std::vector<std::uint32_t> packed(kernels::row_words(inputs, outputs));
    if (fits) {
        kernels::pack_rows(inputs, outputs, weights.data(), channels.data(), q.range.zero_point,
                           packed.data());
        layer.rows = packed.data();
        ++rows;
    }
    std::vector<std::uint32_t> scratch(kernels::fully_connected_scratch(inputs) / 4 + 1);
    Bytes output(expected.size());
    kernels::connect_fully(layer, input.data(), output.data(), scratch.data());
    compare("fully connected", output, expected);
}

void test_addition() {
    const int zero[] = {between(-128, 127), between(-128, 127)};
    const std::int32_t multiplier[] = {between(1 << 30, 2147483647), between(1 << 30, 2147483647)};
    const int shift[] = {between(-3, 0), between(-3, 0)};
    const auto q = random_quantization(1);
    const int output_shift = between(0, 7) == 0 ? 0 : between(-22, -17);
    std::vector<std::int32_t> tables[2];
    for (int i = 0; i < 2; ++i) {
        tables[i].resize(256);
        kernels::fill_addition_table(zero[i], 20, multiplier[i], shift[i], tables[i].data());
    }
    const Bytes first = random_bytes(100);
    const Bytes second = random_bytes(100);
    Bytes expected;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const std::int32_t sum =
            multiply((first[i] - zero[0]) * (1 << 20), multiplier[0], shift[0]) +
            multiply((second[i] - zero[1]) * (1 << 20), multiplier[1], shift[1]);
        std::int32_t value = multiply(sum, q.multiplier[0], output_shift) + q.range.zero_point;
        value = value < q.range.minimum ? q.range.minimum : value;
        expected.push_back(
            static_cast<std::int8_t>(value > q.range.maximum ? q.range.maximum : value));
    }
    const kernels::Addition addition{tables[0].data(), tables[1].data(), q.multiplier[0],
                                     output_shift, q.range};
    Bytes output(first.size());
    kernels::add(addition, first.data(), second.data(), output.data(), first.size());
    compare("addition", output, expected);
}

void test_average_pool() {
    const int channels = between(1, 6);
    const auto shape = random_shape(channels, channels, between(1, 4), between(1, 4));
    const kernels::OutputRange range{0, between(-128, 0), between(0, 127)};
    const Bytes input = random_bytes(shape.input_height * shape.input_width * channels);
    Bytes expected;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x)
            for (int c = 0; c < channels; ++c) {
                int sum = 0;
                int count = 0;
                for (int i = 0; i < shape.kernel_height; ++i)
                    for (int j = 0; j < shape.kernel_width; ++j) {
                        const int row = y * shape.stride_height - shape.padding_top + i;
                        const int column = x * shape.stride_width - shape.padding_left + j;
                        const bool inside = row >= 0 && column >= 0 && row < shape.input_height &&
                                            column < shape.input_width;
                        count += inside ? 1 : 0;
                        sum += at(shape, input, 0, row, column, c);
                    }
                const int half = 2 * std::abs(sum) + count; // halves go away from zero
                const int mean = (sum < 0 ? -1 : 1) * (half / (2 * count));
                expected.push_back(static_cast<std::int8_t>(mean < range.minimum   ? range.minimum
                                                            : mean > range.maximum ? range.maximum
                                                                                   : mean));
            }
    Bytes output(expected.size());
    kernels::average_pool(shape, range, input.data(), output.data());
    compare("average pool", output, expected);
}

} // namespace

int main() {
    for (int i = 0; i < 2000; ++i) {
        test_convolution();
        test_depthwise();
        test_fully_connected();
        test_addition();
        test_average_pool();
    }
    std::printf("%d failures; %d convolutions in lanes, %d not, %d in planes; %d layers in rows\n",
                failures, in_lanes, not_in_lanes, planes, rows);
    return failures == 0 && in_lanes > 500 && not_in_lanes > 500 && planes > 100 && rows > 500 ? 0
                                                                                               : 1;
}
