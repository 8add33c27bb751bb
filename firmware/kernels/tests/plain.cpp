#include "plain.hpp"

#include <cstdlib>
#include <random>

namespace plain {

namespace {

std::mt19937 random_source(1);

} // namespace

int between(int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random_source);
}

Bytes random_bytes(int count) {
    Bytes bytes(static_cast<std::size_t>(count));
    for (std::int8_t& byte : bytes)
        byte = static_cast<std::int8_t>(between(-128, 127));
    return bytes;
}

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

int at(const kernels::ConvolutionShape& s, const Bytes& input, int zero, int y, int x, int c) {
    if (y < 0 || x < 0 || y >= s.input_height || x >= s.input_width)
        return 0;
    return input[static_cast<std::size_t>((y * s.input_width + x) * s.input_channels + c)] - zero;
}

} // namespace plain
