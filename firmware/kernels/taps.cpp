#include "kernels/taps.hpp"

namespace kernels {
namespace {

/// A place of the kernel that falls into the image.
struct Tap {
    std::int32_t input; ///< where its pixel begins
    std::int32_t index; ///< in the kernel
};

int taps_of(const ConvolutionShape& shape) { return shape.kernel_height * shape.kernel_width; }

/// Where tap `i` of output `at` falls in a dimension; negative when nowhere.
int place(const Taps& taps, int at, int i, int stride, int dilation, int padding, int size) {
    if (!taps.transposed) {
        const int result = at * stride - padding + i * dilation;
        return result < size ? result : -1;
    }
    const int spread = at + padding - i;
    if (spread < 0 || spread % stride != 0)
        return -1;
    return spread / stride < size ? spread / stride : -1;
}

/// The taps of output (y, x) that fall into the image; how many.
int find(const Taps& taps, int y, int x, Tap* found) {
    const ConvolutionShape& shape = taps.shape;
    int count = 0;
    for (int i = 0; i < shape.kernel_height; ++i) {
        const int row = place(taps, y, i, shape.stride_height, taps.dilation_height,
                              shape.padding_top, shape.input_height);
        if (row < 0)
            continue;
        for (int j = 0; j < shape.kernel_width; ++j) {
            const int column = place(taps, x, j, shape.stride_width, taps.dilation_width,
                                     shape.padding_left, shape.input_width);
            if (column >= 0)
                found[count++] = {(row * shape.input_width + column) * shape.input_channels,
                                  i * shape.kernel_width + j};
        }
    }
    return count;
}

/// Adds `groups` times four products to the sums of four rows, `step` bytes apart.
inline void accumulate_four(const std::int8_t* weights, int step, const std::int8_t* input,
                            int groups, std::int32_t (&sums)[4]) {
    const std::int8_t* later = weights + 2 * step;
    std::int32_t s0 = sums[0];
    std::int32_t s1 = sums[1];
    std::int32_t s2 = sums[2];
    std::int32_t s3 = sums[3];
    for (; groups > 0; --groups, input += 4, weights += 4, later += 4) {
        const std::uint32_t x = load_word(input);
        const std::uint32_t even = sxtb16(x);
        const std::uint32_t odd = sxtb16_odd(x);
        const std::uint32_t w0 = load_word(weights);
        s0 = smlad(sxtb16_odd(w0), odd, smlad(sxtb16(w0), even, s0));
        const std::uint32_t w1 = load_word(weights + step);
        s1 = smlad(sxtb16_odd(w1), odd, smlad(sxtb16(w1), even, s1));
        const std::uint32_t w2 = load_word(later);
        s2 = smlad(sxtb16_odd(w2), odd, smlad(sxtb16(w2), even, s2));
        const std::uint32_t w3 = load_word(later + step);
        s3 = smlad(sxtb16_odd(w3), odd, smlad(sxtb16(w3), even, s3));
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

inline std::int32_t dot(const std::int8_t* weights, const std::int8_t* input, int count) {
    std::int32_t sum = 0;
    for (; count > 0; --count)
        sum += *weights++ * *input++;
    return sum;
}

/// The sums of `channels` (four at most) output channels from `first` on, over the taps.
void sum_channels(const Taps& taps, const Tap* found, int count, const std::int8_t* input,
                  int first, int channels, std::int32_t (&sums)[4]) {
    const int all = taps_of(taps.shape);
    const int grouped = taps.inputs & ~3;
    const std::int32_t* tap_sums = taps.tap_sums + first * all;
    for (int k = 0; k < channels; ++k) {
        sums[k] = taps.channels[first + k].bias;
        for (int t = 0; t < count; ++t)
            sums[k] -= tap_sums[k * all + found[t].index];
    }
    for (const Tap* const end = found + count; found != end; ++found) {
        const std::int8_t* x = input + found->input;
        const std::int8_t* weights =
            taps.weights + first * taps.channel_step + found->index * taps.tap_step;
        int done = 0;
        if (channels == 4) {
            accumulate_four(weights, taps.channel_step, x, grouped / 4, sums);
            done = grouped;
        }
        if (done < taps.inputs)
            for (int k = 0; k < channels; ++k)
                sums[k] +=
                    dot(weights + k * taps.channel_step + done, x + done, taps.inputs - done);
    }
}

} // namespace

std::size_t tap_sum_count(const Taps& taps) {
    return static_cast<std::size_t>(taps.shape.output_channels * taps_of(taps.shape));
}

void sum_taps(const Taps& taps, std::int32_t input_zero_point, std::int32_t* sums) {
    for (int o = 0; o < taps.shape.output_channels; ++o)
        for (int t = 0; t < taps_of(taps.shape); ++t) {
            const std::int8_t* weights = taps.weights + o * taps.channel_step + t * taps.tap_step;
            std::int32_t sum = 0;
            for (int i = 0; i < taps.inputs; ++i)
                sum += weights[i];
            *sums++ = sum * input_zero_point;
        }
}

std::size_t taps_scratch(const Taps& taps) {
    return static_cast<std::size_t>(taps_of(taps.shape)) * sizeof(Tap);
}

void convolve_taps(const Taps& taps, const std::int8_t* input, std::int8_t* output, void* scratch) {
    const ConvolutionShape& shape = taps.shape;
    const Requantizer requantize(taps.range, taps.quick);
    auto* const found = static_cast<Tap*>(scratch);
    const int in_group = shape.output_channels / taps.groups;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x) {
            const int count = find(taps, y, x, found);
            for (int group = 0; group < taps.groups; ++group) {
                const std::int8_t* from = input + group * taps.inputs;
                const int end = (group + 1) * in_group;
                for (int first = group * in_group; first < end; first += 4) {
                    const int channels = end - first < 4 ? end - first : 4;
                    std::int32_t sums[4];
                    sum_channels(taps, found, count, from, first, channels, sums);
                    for (int k = 0; k < channels; ++k) {
                        const Channel& channel = taps.channels[first + k];
                        *output++ = requantize(sums[k], channel.multiplier, channel.shift);
                    }
                }
            }
        }
}

} // namespace kernels
