#include "kernels/columns.hpp"
#include "kernels/lanes.hpp"
#include "plain.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace plain;

namespace {

enum Way { by_channel, in_lanes, in_columns, unpacked, ways };

/// One case; which way it went.
Way convolve_a_case() {
    const bool is_deep = between(0, 19) == 0; // more than one strip a row
    const auto shape = random_shape(is_deep ? between(100, 300) : between(1, 9), between(1, 7),
                                    between(1, 4), between(1, 4));
    const auto q = random_quantization(shape.output_channels);
    const Bytes input = random_bytes(shape.input_height * shape.input_width * shape.input_channels);
    Bytes weights = random_bytes(shape.patch() * shape.output_channels);
    if (between(0, 3) != 0) // what symmetric quantization leaves out, and lanes cannot have
        std::replace(weights.begin(), weights.end(), std::int8_t{-128}, std::int8_t{-127});
    if (is_deep) // which lanes can have if they are small
        for (std::int8_t& weight : weights)
            weight = static_cast<std::int8_t>(weight / 16);
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
    const bool is_packed = between(0, 3) != 0;
    layer.in_lanes =
        is_packed && layer.quick &&
        kernels::lanes_fit(channels.data(), shape.output_channels, weights.data(), shape.patch());
    layer.in_columns = layer.in_lanes && kernels::columns_fit(shape) && between(0, 3) != 0;
    std::vector<std::uint32_t> packed(
        std::max(kernels::packed_words(shape), kernels::lane_words(shape, layer.in_columns)));
    if (layer.in_lanes)
        kernels::pack_lanes(shape, layer.in_columns, weights.data(), channels.data(),
                            q.range.zero_point, packed.data());
    else
        kernels::pack_weights(shape, weights.data(), packed.data());
    if (is_packed)
        layer.weights = packed.data();
    else
        layer.unpacked = weights.data();
    const auto size =
        layer.in_columns ? kernels::columns_scratch(shape) : kernels::convolution_scratch(shape);
    std::vector<std::uint32_t> scratch(size / 4 + 1);
    Bytes output(expected.size());
    const auto convolve = layer.in_columns ? kernels::convolve_columns : kernels::convolve;
    convolve(layer, input.data(), output.data(), scratch.data());
    REQUIRE(output == expected);
    if (!is_packed)
        return unpacked;
    return layer.in_columns ? in_columns : layer.in_lanes ? in_lanes : by_channel;
}

} // namespace

TEST_CASE("CONV_2D gives what the plain loops give, whichever way it goes") {
    int count[ways] = {};
    for (int i = 0; i < cases; ++i)
        ++count[convolve_a_case()];
    for (const int each : count)
        CHECK(each > cases / 20);
}
