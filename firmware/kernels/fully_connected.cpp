#include "kernels/fully_connected.hpp"

namespace kernels {
namespace {

/// What is left of a row behind its last group of four.
std::int32_t add_rest(std::int32_t sum, const std::int8_t* weights, const std::int8_t* input,
                      int count) {
    for (int i = 0; i < count; ++i)
        sum += weights[i] * input[i];
    return sum;
}

} // namespace

std::size_t fully_connected_scratch(int inputs) {
    return 2 * static_cast<std::size_t>(inputs & ~3);
}

void connect_fully(const FullyConnected& layer, const std::int8_t* input, std::int8_t* output,
                   void* scratch) {
    const Requantizer requantize(layer.range, layer.quick);
    auto* const spread = static_cast<std::uint32_t*>(scratch);
    const int grouped = layer.inputs & ~3;
    const int rest = layer.inputs - grouped;
    for (int i = 0; i < grouped; i += 4) {
        const std::uint32_t word = load_word(input + i);
        spread[i / 2] = sxtb16(word);
        spread[i / 2 + 1] = sxtb16_odd(word);
    }
    const std::uint32_t* const end = spread + grouped / 2;
    const std::int8_t* weights = layer.weights;
    const Channel* channel = layer.channels;
    int left = layer.outputs;
    for (; left >= 4; left -= 4, channel += 4, output += 4) {
        const std::int8_t* w0 = weights;
        const std::int8_t* w1 = w0 + layer.inputs;
        const std::int8_t* w2 = w1 + layer.inputs;
        const std::int8_t* w3 = w2 + layer.inputs;
        std::int32_t sum0 = channel[0].bias;
        std::int32_t sum1 = channel[1].bias;
        std::int32_t sum2 = channel[2].bias;
        std::int32_t sum3 = channel[3].bias;
        for (const std::uint32_t* x = spread; x != end; x += 2) {
            const std::uint32_t even = x[0];
            const std::uint32_t odd = x[1];
            std::uint32_t word = load_word(w0);
            sum0 = smlad(sxtb16_odd(word), odd, smlad(sxtb16(word), even, sum0));
            word = load_word(w1);
            sum1 = smlad(sxtb16_odd(word), odd, smlad(sxtb16(word), even, sum1));
            word = load_word(w2);
            sum2 = smlad(sxtb16_odd(word), odd, smlad(sxtb16(word), even, sum2));
            word = load_word(w3);
            sum3 = smlad(sxtb16_odd(word), odd, smlad(sxtb16(word), even, sum3));
            w0 += 4;
            w1 += 4;
            w2 += 4;
            w3 += 4;
        }
        sum0 = add_rest(sum0, w0, input + grouped, rest);
        sum1 = add_rest(sum1, w1, input + grouped, rest);
        sum2 = add_rest(sum2, w2, input + grouped, rest);
        sum3 = add_rest(sum3, w3, input + grouped, rest);
        output[0] = requantize(sum0, channel[0].multiplier, channel[0].shift);
        output[1] = requantize(sum1, channel[1].multiplier, channel[1].shift);
        output[2] = requantize(sum2, channel[2].multiplier, channel[2].shift);
        output[3] = requantize(sum3, channel[3].multiplier, channel[3].shift);
        weights += 4 * layer.inputs;
    }
    for (; left > 0; --left, ++channel, weights += layer.inputs) {
        const std::int32_t sum = add_rest(channel->bias, weights, input, layer.inputs);
        *output++ = requantize(sum, channel->multiplier, channel->shift);
    }
}

} // namespace kernels
