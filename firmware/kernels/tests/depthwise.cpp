#include "kernels/planes.hpp"
#include "plain.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace plain;

namespace {

/// One case; whether it went in planes.
bool convolve_a_case() {
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
    const auto channels = channels_of(q, weights, taps, channels_in, 1, layer.quick);
    layer.finishes = layer.quick && kernels::depthwise_finishes(shape, channels.data());
    const bool in_planes =
        layer.quick && kernels::planes_fit(shape, channels.data()) && between(0, 3) != 0;
    std::vector<std::uint32_t> packed(
        std::max(kernels::depthwise_words(shape), kernels::plane_words(shape)));
    auto size = kernels::depthwise_scratch(shape);
    if (in_planes) {
        kernels::pack_planes(shape, weights.data(), channels.data(), q.range.zero_point,
                             packed.data());
        size = kernels::planes_scratch(shape);
    } else {
        kernels::pack_depthwise(layer, weights.data(), channels.data(), packed.data());
    }
    layer.stream = packed.data();
    std::vector<std::uint32_t> scratch(size / 4 + 1);
    Bytes output(expected.size());
    const auto convolve = in_planes ? kernels::convolve_planes : kernels::convolve_depthwise;
    convolve(layer, input.data(), output.data(), scratch.data());
    REQUIRE(output == expected);
    return in_planes;
}

} // namespace

TEST_CASE("DEPTHWISE_CONV_2D gives what the plain loops give, whichever kernel takes it") {
    int in_planes = 0;
    for (int i = 0; i < cases; ++i)
        in_planes += convolve_a_case() ? 1 : 0;
    CHECK(in_planes > cases / 20);
    CHECK(cases - in_planes > cases / 4);
}
