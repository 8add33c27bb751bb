#include "kernels/fully_connected.hpp"
#include "kernels/lanes.hpp"
#include "plain.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace plain;

namespace {

/// One case; whether it went in rows.
bool connect_a_case() {
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
    }
    std::vector<std::uint32_t> scratch(kernels::fully_connected_scratch(inputs) / 4 + 1);
    Bytes output(expected.size());
    kernels::connect_fully(layer, input.data(), output.data(), scratch.data());
    REQUIRE(output == expected);
    return fits;
}

} // namespace

TEST_CASE("FULLY_CONNECTED gives what the plain loops give, in rows and without") {
    int in_rows = 0;
    for (int i = 0; i < cases; ++i)
        in_rows += connect_a_case() ? 1 : 0;
    CHECK(in_rows > cases / 4);
    CHECK(cases - in_rows > cases / 4);
}
