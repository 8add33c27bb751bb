#pragma once

#include "kernels/dsp.hpp"

#include <algorithm>

/// Products of int16 and int8, summed up.
namespace kernels {

/// As many as a sum of 32 bits holds, whatever they are.
constexpr int most_products = 256;

/// Sums of any number of products, for `channels` outputs side by side.
template <int channels> struct Sums {
    std::int64_t wide[channels];
    std::int32_t narrow[channels];
    int room = most_products; ///< how many more go into the narrow ones

    Sums() {
        for (int i = 0; i < channels; ++i)
            wide[i] = narrow[i] = 0;
    }
    std::int64_t total(int channel) const { return wide[channel] + narrow[channel]; }
    [[gnu::noinline]] void widen() {
        for (int i = 0; i < channels; ++i) {
            wide[i] += narrow[i];
            narrow[i] = 0;
        }
        room = most_products;
    }
    /// Adds the products of `count` values and as many weights, of which the next channel's lie
    /// `step` further.
    void add(const std::int16_t* x, const std::int8_t* weights, int step, int count) {
        while (count > 0) {
            const int taken = std::min(count, room);
            multiply(x, weights, step, taken);
            x += taken;
            weights += taken;
            count -= taken;
            room -= taken;
            if (room == 0)
                widen();
        }
    }

private:
    void multiply(const std::int16_t* x, const std::int8_t* weights, int step, int count) {
        std::int32_t sums[channels];
        for (int i = 0; i < channels; ++i)
            sums[i] = narrow[i];
        for (; count >= 4; count -= 4, x += 4, weights += 4) {
            const std::uint32_t first = load_word(x), second = load_word(x + 2);
            const std::uint32_t even = pack_low(first, second), odd = pack_high(first, second);
            const std::int8_t* w = weights;
            for (int i = 0; i < channels; ++i, w += step) {
                const std::uint32_t word = load_word(w);
                sums[i] = smlad(sxtb16(word), even, sums[i]);
                sums[i] = smlad(sxtb16_odd(word), odd, sums[i]);
            }
        }
#pragma GCC unroll 1
        for (; count > 0; --count, ++x, ++weights) {
            const std::int8_t* w = weights;
            for (int i = 0; i < channels; ++i, w += step)
                sums[i] += *x * *w;
        }
        for (int i = 0; i < channels; ++i)
            narrow[i] = sums[i];
    }
};

/// Adds to each of four sums the product of a value of its own.
inline void multiply_four(const std::int16_t* x, const std::int8_t* weights,
                          std::int32_t (&sums)[4]) {
    const std::uint32_t first = load_word(x), second = load_word(x + 2);
    const std::uint32_t word = load_word(weights);
    const std::uint32_t even = sxtb16(word), odd = sxtb16_odd(word);
    sums[0] = smlabb(first, even, sums[0]);
    sums[1] = smlatb(first, odd, sums[1]);
    sums[2] = smlabt(second, even, sums[2]);
    sums[3] = smlatt(second, odd, sums[3]);
}

} // namespace kernels
