#include "kernels/elementwise.hpp"
#include "plain.hpp"

#include <cstdlib>
#include <doctest/doctest.h>

using namespace plain;

namespace {

void add_a_case() {
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
    REQUIRE(output == expected);
}

void pool_a_case() {
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
    REQUIRE(output == expected);
}

} // namespace

TEST_CASE("ADD gives what two requantizations give") {
    for (int i = 0; i < cases; ++i)
        add_a_case();
}

TEST_CASE("AVERAGE_POOL_2D gives the mean, halves away from zero") {
    for (int i = 0; i < cases; ++i)
        pool_a_case();
}
