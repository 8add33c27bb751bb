#include "kernels/fully_connected.hpp"

#include "kernels/lanes.hpp"

namespace kernels {
namespace {

/// What is left of a row behind its last group of four.
std::int32_t add_rest(std::int32_t sum, const std::int8_t* weights, const std::int8_t* input,
                      int count) {
    for (int i = 0; i < count; ++i)
        sum += weights[i] * input[i];
    return sum;
}

/// Adds `groups` times four products to the sums of four rows, `stride` bytes apart.
inline void accumulate(const std::int8_t* weights, int stride, const std::uint32_t* x, int groups,
                       std::int32_t (&sums)[4]) {
#if defined(__ARM_FEATURE_DSP)
    // One register short, the compiler would keep two of the rows' pointers on the stack.
    const std::int8_t* later = weights + 2 * stride;
    std::uint32_t even;
    std::uint32_t odd;
    std::uint32_t word;
    std::uint32_t spread;
    asm volatile(
        "1:\n\t"
        "ldrd %[even], %[odd], [%[x]], #8\n\t"
        "ldr %[word], [%[weights], %[stride]]\n\t"
        "sxtb16 %[spread], %[word]\n\t"
        "sxtb16 %[word], %[word], ror #8\n\t"
        "smlad %[sum1], %[spread], %[even], %[sum1]\n\t"
        "smlad %[sum1], %[word], %[odd], %[sum1]\n\t"
        "ldr %[word], [%[weights]], #4\n\t"
        "sxtb16 %[spread], %[word]\n\t"
        "sxtb16 %[word], %[word], ror #8\n\t"
        "smlad %[sum0], %[spread], %[even], %[sum0]\n\t"
        "smlad %[sum0], %[word], %[odd], %[sum0]\n\t"
        "ldr %[word], [%[later], %[stride]]\n\t"
        "sxtb16 %[spread], %[word]\n\t"
        "sxtb16 %[word], %[word], ror #8\n\t"
        "smlad %[sum3], %[spread], %[even], %[sum3]\n\t"
        "smlad %[sum3], %[word], %[odd], %[sum3]\n\t"
        "ldr %[word], [%[later]], #4\n\t"
        "sxtb16 %[spread], %[word]\n\t"
        "sxtb16 %[word], %[word], ror #8\n\t"
        "smlad %[sum2], %[spread], %[even], %[sum2]\n\t"
        "subs %[groups], #1\n\t"
        "smlad %[sum2], %[word], %[odd], %[sum2]\n\t"
        "bne 1b"
        : [weights] "+r"(weights), [later] "+r"(later), [x] "+r"(x), [groups] "+r"(groups),
          [sum0] "+r"(sums[0]), [sum1] "+r"(sums[1]), [sum2] "+r"(sums[2]), [sum3] "+r"(sums[3]),
          [even] "=&r"(even), [odd] "=&r"(odd), [word] "=&r"(word), [spread] "=&r"(spread)
        : [stride] "r"(stride)
        : "cc", "memory");
#else
    for (; groups > 0; --groups, weights += 4, x += 2)
        for (int row = 0; row < 4; ++row) {
            const std::uint32_t word = load_word(weights + row * stride);
            sums[row] = smlad(sxtb16_odd(word), x[1], smlad(sxtb16(word), x[0], sums[row]));
        }
#endif
}

void connect_rows(const FullyConnected& layer, const std::int8_t* input, std::int8_t* output,
                  std::uint32_t* inputs) {
    const int rest = layer.inputs % 4;
    std::uint32_t* end = spread<1>(input, layer.inputs / 4, inputs);
    if (rest != 0) {
        std::int8_t last[4] = {}; // meets weights of 0
        std::memcpy(last, input + layer.inputs - rest, static_cast<std::size_t>(rest));
        end = spread<1>(last, 1, end);
    }
    const int late = layer.outputs % lane_rows;
    const int early = layer.outputs - late;
    const std::uint32_t* stream = layer.rows;
    if (early != 0)
        stream = multiply_rows(stream, inputs, end, early / lane_rows, output);
    if (late != 0) {
        std::int8_t last[lane_rows];
        multiply_rows(stream, inputs, end, 1, last);
        std::memcpy(output + early, last, static_cast<std::size_t>(late));
    }
    clamp(layer.range, output, layer.outputs);
}

} // namespace

std::size_t fully_connected_scratch(int inputs) {
    return 2 * static_cast<std::size_t>((inputs + 3) & ~3);
}

void connect_fully(const FullyConnected& layer, const std::int8_t* input, std::int8_t* output,
                   void* scratch) {
    auto* const inputs = static_cast<std::uint32_t*>(scratch);
    if (layer.rows)
        return connect_rows(layer, input, output, inputs);
    const Requantizer requantize(layer.range, layer.quick);
    const int grouped = layer.inputs & ~3;
    const int rest = layer.inputs - grouped;
    spread<1>(input, grouped / 4, inputs);
    const std::int8_t* weights = layer.weights;
    const Channel* channel = layer.channels;
    int left = layer.outputs;
    for (; left >= 4; left -= 4, channel += 4, output += 4) {
        std::int32_t sums[4];
        for (int row = 0; row < 4; ++row)
            sums[row] = channel[row].bias;
        if (grouped != 0)
            accumulate(weights, layer.inputs, inputs, grouped / 4, sums);
        for (int row = 0; row < 4; ++row) {
            const std::int32_t sum =
                add_rest(sums[row], weights + row * layer.inputs + grouped, input + grouped, rest);
            output[row] = requantize(sum, channel[row].multiplier, channel[row].shift);
        }
        weights += 4 * layer.inputs;
    }
    for (; left > 0; --left, ++channel, weights += layer.inputs) {
        const std::int32_t sum = add_rest(channel->bias, weights, input, layer.inputs);
        *output++ = requantize(sum, channel->multiplier, channel->shift);
    }
}

} // namespace kernels
