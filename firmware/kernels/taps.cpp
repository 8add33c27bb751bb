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
__attribute__((noinline)) int find(const Taps& taps, int y, int x, Tap* found) {
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

/// Adds `groups` times four products to the sums of four channels.
inline void accumulate_four(const std::uint32_t* weights, const std::int8_t* input, int groups,
                            std::int32_t (&sums)[4]) {
#if defined(__ARM_FEATURE_DSP)
    std::uint32_t even;
    std::uint32_t odd;
    std::uint32_t first;
    std::uint32_t second;
    std::uint32_t spread;
    asm volatile(
        "1:\n\t"
        "ldrd %[first], %[second], [%[weights]], #8\n\t"
        "ldr %[odd], [%[x]], #4\n\t"
        "sxtb16 %[spread], %[first]\n\t"
        "sxtb16 %[even], %[odd]\n\t"
        "sxtb16 %[odd], %[odd], ror #8\n\t"
        "sxtb16 %[first], %[first], ror #8\n\t"
        "smlad %[sum0], %[spread], %[even], %[sum0]\n\t"
        "sxtb16 %[spread], %[second]\n\t"
        "smlad %[sum0], %[first], %[odd], %[sum0]\n\t"
        "sxtb16 %[second], %[second], ror #8\n\t"
        "smlad %[sum1], %[spread], %[even], %[sum1]\n\t"
        "smlad %[sum1], %[second], %[odd], %[sum1]\n\t"
        "ldrd %[first], %[second], [%[weights]], #8\n\t"
        "sxtb16 %[spread], %[first]\n\t"
        "sxtb16 %[first], %[first], ror #8\n\t"
        "smlad %[sum2], %[spread], %[even], %[sum2]\n\t"
        "sxtb16 %[spread], %[second]\n\t"
        "smlad %[sum2], %[first], %[odd], %[sum2]\n\t"
        "sxtb16 %[second], %[second], ror #8\n\t"
        "subs %[groups], #1\n\t"
        "smlad %[sum3], %[spread], %[even], %[sum3]\n\t"
        "smlad %[sum3], %[second], %[odd], %[sum3]\n\t"
        "bne 1b"
        : [weights] "+r"(weights), [x] "+r"(input), [groups] "+r"(groups), [sum0] "+r"(sums[0]),
          [sum1] "+r"(sums[1]), [sum2] "+r"(sums[2]), [sum3] "+r"(sums[3]), [even] "=&r"(even),
          [odd] "=&r"(odd), [first] "=&r"(first), [second] "=&r"(second), [spread] "=&r"(spread)
        :
        : "cc", "memory");
#else
    for (; groups > 0; --groups, input += 4)
        for (std::int32_t& sum : sums) {
            const std::uint32_t x = load_word(input);
            const std::uint32_t w = *weights++;
            sum = smlad(sxtb16_odd(w), sxtb16_odd(x), smlad(sxtb16(w), sxtb16(x), sum));
        }
#endif
}

/// Apart, so that the loop around it stays in the flash accelerator's cache.
__attribute__((noinline)) std::int32_t dot(const std::int8_t* weights, const std::int8_t* input,
                                           int count) {
    std::int32_t sum = 0;
    for (; count > 0; --count)
        sum += *weights++ * *input++;
    return sum;
}

/// The sums of `channels` (four at most) output channels from `first` on, over the taps. Four have
/// their weights at `packed`.
void sum_channels(const Taps& taps, const Tap* found, int count, const std::int8_t* input,
                  const std::uint32_t* packed, int first, int channels, std::int32_t (&sums)[4]) {
    const int all = taps_of(taps.shape);
    const int groups = channels == 4 ? taps.inputs / 4 : 0;
    const std::int32_t* tap_sums = taps.tap_sums + first * all;
    for (int k = 0; k < channels; ++k, tap_sums += all) {
        std::int32_t sum = taps.channels[first + k].bias;
        for (int t = 0; t < count; ++t)
            sum -= tap_sums[found[t].index];
        sums[k] = sum;
    }
    for (const Tap* const end = found + count; found != end; ++found) {
        const std::int8_t* x = input + found->input;
        if (groups != 0)
            accumulate_four(packed + found->index * 4 * groups, x, groups, sums);
        const int done = 4 * groups;
        if (done == taps.inputs)
            continue;
        const std::int8_t* weights =
            taps.weights + first * taps.channel_step + found->index * taps.tap_step + done;
        for (int k = 0; k < channels; ++k)
            sums[k] += dot(weights + k * taps.channel_step, x + done, taps.inputs - done);
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

std::size_t packed_words(const Taps& taps) {
    const int fours = taps.groups * (taps.shape.output_channels / taps.groups / 4);
    return static_cast<std::size_t>(fours * taps_of(taps.shape) * (taps.inputs / 4) * 4);
}

void pack_weights(const Taps& taps, std::uint32_t* to) {
    const int in_group = taps.shape.output_channels / taps.groups;
    for (int group = 0; group < taps.groups; ++group)
        for (int four = 0; four + 4 <= in_group; four += 4)
            for (int t = 0; t < taps_of(taps.shape); ++t)
                for (int i = 0; i + 4 <= taps.inputs; i += 4)
                    for (int k = 0; k < 4; ++k)
                        *to++ = load_word(taps.weights +
                                          (group * in_group + four + k) * taps.channel_step +
                                          t * taps.tap_step + i);
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
            const std::uint32_t* packed = taps.packed;
            for (int group = 0; group < taps.groups; ++group) {
                const std::int8_t* from = input + group * taps.inputs;
                const int end = (group + 1) * in_group;
                for (int first = group * in_group; first < end; first += 4) {
                    const int channels = end - first < 4 ? end - first : 4;
                    std::int32_t sums[4];
                    sum_channels(taps, found, count, from, packed, first, channels, sums);
                    if (channels == 4)
                        packed += taps_of(shape) * (taps.inputs / 4) * 4;
                    for (int k = 0; k < channels; ++k) {
                        const Channel& channel = taps.channels[first + k];
                        *output++ = requantize(sums[k], channel.multiplier, channel.shift);
                    }
                }
            }
        }
}

} // namespace kernels
