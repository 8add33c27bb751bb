#include "kernels/reduction.hpp"

#include <algorithm>
#include <limits>

namespace kernels {
namespace {

/// Calls row(input, output, count) for each row of the last dimension, which is kept.
template <class T, class U, class Row>
void for_each_row(const Reduction& r, const T* input, U* output, Row row) {
    const int last = r.rank - 1;
    int steps[Reduction::max_rank] = {};
    int step = r.count[last];
    for (int i = last - 1; i >= 0; --i)
        if (r.kept[i]) {
            steps[i] = step;
            step *= r.count[i];
        }
    int turn[Reduction::max_rank] = {};
    for (;;) {
        row(input, output, r.count[last]);
        input += r.count[last];
        int i = last - 1;
        for (; i >= 0; --i) {
            output += steps[i];
            if (++turn[i] < r.count[i])
                break;
            turn[i] = 0;
            output -= r.count[i] * steps[i];
        }
        if (i < 0)
            return;
    }
}

template <class T, class U> void sum_plainly(const Reduction& r, const T* input, U* sums) {
    const int outputs = r.outputs();
    for (int i = 0; i < outputs; ++i)
        sums[i] = 0;
    for_each_row(r, input, sums, [](const T* from, U* to, int count) {
        for (int i = 0; i < count; ++i)
            to[i] += from[i];
    });
}

template <bool greatest, class T> void find(const Reduction& r, const T* input, T* output) {
    using Limits = std::numeric_limits<T>;
    std::fill_n(output, r.outputs(), greatest ? Limits::lowest() : Limits::max());
    for_each_row(r, input, output, [](const T* from, T* to, int count) {
        for (int i = 0; i < count; ++i)
            to[i] = (greatest ? from[i] > to[i] : from[i] < to[i]) ? from[i] : to[i];
    });
}

/// `pixels` of four channels each, `step` apart, onto four sums.
void sum_four(const std::int8_t* from, int pixels, int step, std::int32_t* sums) {
    // Half-words hold the sum of so many bytes.
    constexpr int at_once = 255;
    while (pixels > 0) {
        const int count = pixels < at_once ? pixels : at_once;
        std::uint32_t even = 0;
        std::uint32_t odd = 0;
        for (int i = 0; i < count; ++i, from += step) {
            const std::uint32_t word = load_word(from);
            even = sxtab16(even, word);
            odd = sxtab16_odd(odd, word);
        }
        sums[0] += static_cast<std::int16_t>(even);
        sums[1] += static_cast<std::int16_t>(odd);
        sums[2] += static_cast<std::int16_t>(even >> 16);
        sums[3] += static_cast<std::int16_t>(odd >> 16);
        pixels -= count;
    }
}

} // namespace

int Reduction::outputs() const {
    int result = 1;
    for (int i = 0; i < rank; ++i)
        result *= kept[i] ? count[i] : 1;
    return result;
}

int Reduction::reduced() const {
    int result = 1;
    for (int i = 0; i < rank; ++i)
        result *= kept[i] ? 1 : count[i];
    return result;
}

Reduction simplified(const Reduction& reduction) {
    Reduction result{};
    for (int i = 0; i < reduction.rank; ++i) {
        if (reduction.count[i] == 1)
            continue;
        if (result.rank > 0 && result.kept[result.rank - 1] == reduction.kept[i]) {
            result.count[result.rank - 1] *= reduction.count[i];
            continue;
        }
        result.count[result.rank] = reduction.count[i];
        result.kept[result.rank++] = reduction.kept[i];
    }
    if (result.rank == 0 || !result.kept[result.rank - 1]) {
        result.count[result.rank] = 1;
        result.kept[result.rank++] = true;
    }
    return result;
}

void sum_up(const Reduction& r, const std::int8_t* input, std::int32_t* sums) {
    const bool lead = r.rank == 3 && r.kept[0];
    if (r.rank != 2 && !lead) {
        sum_plainly(r, input, sums);
        return;
    }
    // Some images, all pixels of each, channel by channel.
    const int images = lead ? r.count[0] : 1;
    const int pixels = r.count[r.rank - 2];
    const int channels = r.count[r.rank - 1];
    for (int image = 0; image < images; ++image, input += pixels * channels, sums += channels) {
        int c = 0;
        for (; c < channels; ++c)
            sums[c] = 0;
        for (c = 0; c + 4 <= channels; c += 4)
            sum_four(input + c, pixels, channels, sums + c);
        for (; c < channels; ++c)
            for (int i = 0; i < pixels; ++i)
                sums[c] += input[i * channels + c];
    }
}

void sum_up(const Reduction& r, const std::int16_t* input, std::int32_t* sums) {
    sum_plainly(r, input, sums);
}

void sum_up(const Reduction& r, const float* input, float* sums) { sum_plainly(r, input, sums); }

void find_greatest(const Reduction& r, const std::int8_t* input, std::int8_t* output) {
    find<true>(r, input, output);
}
void find_greatest(const Reduction& r, const float* input, float* output) {
    find<true>(r, input, output);
}
void find_least(const Reduction& r, const std::int8_t* input, std::int8_t* output) {
    find<false>(r, input, output);
}
void find_least(const Reduction& r, const float* input, float* output) {
    find<false>(r, input, output);
}

} // namespace kernels
