#include "kernels/convolution.hpp"

#include "kernels/lanes.hpp"
#include "kernels/two_by_two.hpp"

namespace kernels {
namespace {

/// Of two patches, see multiply_in_lanes; SXTB16 takes weights apart likewise.
constexpr int words_per_group = 4;

/// A row of the patch under an output, in plain bytes; what lies outside is the input's zero point.
void gather_row(const Convolution& convolution, const std::int8_t* input, int y, int left,
                std::int8_t* row) {
    const ConvolutionShape& shape = convolution.shape;
    const int channels = shape.input_channels;
    const int end = left + shape.kernel_width;
    const bool outside = y < 0 || y >= shape.input_height;
    const int first = outside ? end : left < 0 ? 0 : left;
    const int last = outside ? end : end > shape.input_width ? shape.input_width : end;
    const auto fill = [&](int pixels) {
        std::memset(row, convolution.input_zero_point, static_cast<std::size_t>(pixels * channels));
        row += pixels * channels;
    };
    if (first > left)
        fill(first - left);
    if (last > first) {
        const auto size = static_cast<std::size_t>((last - first) * channels);
        std::memcpy(row, input + (y * shape.input_width + first) * channels, size);
        row += size;
    }
    if (!outside && end > last)
        fill(end - last);
}

/// Writes the patch of output (y, x) at `to`; `bytes` is room for a row in plain bytes.
void take_patch(const Convolution& convolution, const std::int8_t* input, int y, int x,
                std::int8_t* bytes, std::uint32_t* to) {
    const ConvolutionShape& shape = convolution.shape;
    const int top = y * shape.stride_height - shape.padding_top;
    const int left = x * shape.stride_width - shape.padding_left;
    const int line = shape.input_width * shape.input_channels;
    const int groups = shape.padded_row() / 4;
    const bool inside = left >= 0 && left + shape.kernel_width <= shape.input_width;
    // What fills the last group up, behind the row, meets weights of 0. Behind the image is
    // nothing.
    const int beyond = shape.padded_row() - shape.row();
    const std::int8_t* const last =
        input + shape.input_height * line - shape.kernel_width * shape.input_channels - beyond;
    const std::int8_t* from = input + top * line + left * shape.input_channels;
    for (int i = top; i < top + shape.kernel_height; ++i, from += line) {
        if (inside && i >= 0 && i < shape.input_height && from <= last) {
            to = spread<2>(from, groups, to);
        } else {
            gather_row(convolution, input, i, left, bytes);
            to = spread<2>(bytes, groups, to);
        }
    }
}

/// Pairs of outputs whose patches are taken before they are multiplied: each of the two takes turns
/// in the instruction cache, which holds one of them.
int pairs_at_once(const ConvolutionShape& shape) {
    constexpr int most = 8;
    constexpr int room = 1024; ///< values
    const int pairs = room / shape.padded_patch();
    return pairs < 1 ? 1 : pairs > most ? most : pairs;
}

/// Adds `groups` times four products to each sum; returns where the weights go on.
inline const std::uint32_t* accumulate(const std::uint32_t* weights, const std::uint32_t* patches,
                                       int groups, TwoByTwo& sums) {
#if defined(__ARM_FEATURE_DSP)
    // The compiler runs out of registers here and keeps a pointer on the stack.
    std::uint32_t even0;
    std::uint32_t odd0;
    std::uint32_t even1;
    std::uint32_t odd1;
    asm volatile("1:\n\t"
                 "ldrd %[odd0], %[odd1], [%[weights]], #8\n\t"
                 "sxtb16 %[even0], %[odd0]\n\t"
                 "sxtb16 %[odd0], %[odd0], ror #8\n\t"
                 "sxtb16 %[even1], %[odd1]\n\t"
                 "sxtb16 %[odd1], %[odd1], ror #8\n\t"
                 "ldrd r4, r5, [%[patches]], #8\n\t"
                 "smlad %[first0], %[even0], r4, %[first0]\n\t"
                 "smlad %[second0], %[even1], r4, %[second0]\n\t"
                 "smlad %[first1], %[even0], r5, %[first1]\n\t"
                 "smlad %[second1], %[even1], r5, %[second1]\n\t"
                 "ldrd r4, r5, [%[patches]], #8\n\t"
                 "smlad %[first0], %[odd0], r4, %[first0]\n\t"
                 "smlad %[second0], %[odd1], r4, %[second0]\n\t"
                 "subs %[groups], #1\n\t"
                 "smlad %[first1], %[odd0], r5, %[first1]\n\t"
                 "smlad %[second1], %[odd1], r5, %[second1]\n\t"
                 "bne 1b"
                 : [weights] "+r"(weights), [patches] "+r"(patches), [groups] "+r"(groups),
                   [first0] "+r"(sums.first0), [second0] "+r"(sums.second0),
                   [first1] "+r"(sums.first1), [second1] "+r"(sums.second1), [even0] "=&r"(even0),
                   [odd0] "=&r"(odd0), [even1] "=&r"(even1), [odd1] "=&r"(odd1)
                 :
                 : "r4", "r5", "cc", "memory");
#else
    for (; groups > 0; --groups, weights += 2, patches += words_per_group)
        sums.add(weights[0], weights[1], patches);
#endif
    return weights;
}

/// All channels of two outputs from their patches: two by two sums in registers.
void multiply(const Convolution& convolution, const std::uint32_t* patches, std::int8_t* first,
              std::int8_t* second) {
    const Requantizer requantize(convolution.range, convolution.quick);
    const int groups = convolution.shape.padded_patch() / 4;
    const std::uint32_t* weights = convolution.weights;
    const Channel* channel = convolution.channels;
    int left = convolution.shape.output_channels;
    for (; left >= 2; left -= 2) {
        TwoByTwo sums(channel[0], channel[1]);
        weights = accumulate(weights, patches, groups, sums);
        first[0] = requantize(sums.first0, channel[0].multiplier, channel[0].shift);
        second[0] = requantize(sums.first1, channel[0].multiplier, channel[0].shift);
        first[1] = requantize(sums.second0, channel[1].multiplier, channel[1].shift);
        second[1] = requantize(sums.second1, channel[1].multiplier, channel[1].shift);
        first += 2;
        second += 2;
        channel += 2;
    }
    if (left != 0) {
        std::int32_t sum0 = channel->bias;
        std::int32_t sum1 = sum0;
        const std::uint32_t* const end = patches + groups * words_per_group;
        for (const std::uint32_t* patch = patches; patch != end; patch += words_per_group) {
            const std::uint32_t word = *weights++;
            sum0 = smlad(sxtb16(word), patch[0], sum0);
            sum0 = smlad(sxtb16_odd(word), patch[2], sum0);
            sum1 = smlad(sxtb16(word), patch[1], sum1);
            sum1 = smlad(sxtb16_odd(word), patch[3], sum1);
        }
        *first = requantize(sum0, channel->multiplier, channel->shift);
        *second = requantize(sum1, channel->multiplier, channel->shift);
    }
}

} // namespace

void multiply_in_lanes(const Convolution& convolution, const std::uint32_t* patches,
                       const std::uint32_t* end, std::int8_t* first, std::int8_t* second) {
    const int channels = convolution.shape.output_channels;
    const int rest = channels % lane_channels;
    const int whole = channels - rest;
    const std::uint32_t* stream = convolution.weights;
    if (whole != 0)
        stream = multiply_lanes(stream, patches, end, whole / lane_channels, first, second);
    if (rest != 0) {
        std::int8_t last[2][lane_channels];
        multiply_lanes(stream, patches, end, 1, last[0], last[1]);
        std::memcpy(first + whole, last[0], static_cast<std::size_t>(rest));
        std::memcpy(second + whole, last[1], static_cast<std::size_t>(rest));
    }
}

void pack_weights(const ConvolutionShape& shape, const std::int8_t* weights, std::uint32_t* to) {
    const int groups = shape.padded_patch() / 4;
    const int in_row = shape.padded_row() / 4;
    const auto group = [&](int channel, int index) {
        std::uint32_t word = 0; // what is not there is 0
        const int at = index % in_row * 4;
        const int size = shape.row() - at < 4 ? shape.row() - at : 4;
        const std::int8_t* const row =
            weights + channel * shape.patch() + index / in_row * shape.row();
        std::memcpy(&word, row + at, static_cast<std::size_t>(size));
        return word;
    };
    for (int channel = 0; channel < shape.output_channels; channel += 2)
        for (int index = 0; index < groups; ++index) {
            *to++ = group(channel, index);
            if (channel + 1 < shape.output_channels)
                *to++ = group(channel + 1, index);
        }
}

std::size_t convolution_scratch(const ConvolutionShape& shape) {
    const auto patches = static_cast<std::size_t>(pairs_at_once(shape) * shape.padded_patch());
    const auto outputs = static_cast<std::size_t>((shape.output_channels + 3) & ~3);
    return 4 * patches + static_cast<std::size_t>(shape.padded_row()) + outputs;
}

void convolve(const Convolution& convolution, const std::int8_t* input, std::int8_t* output,
              void* scratch) {
    const ConvolutionShape& shape = convolution.shape;
    const int most = 2 * pairs_at_once(shape);
    const int patch = shape.padded_patch();
    const int channels = shape.output_channels;
    const int outputs = shape.output_height * shape.output_width;
    auto* const patches = static_cast<std::uint32_t*>(scratch);
    auto* const bytes = reinterpret_cast<std::int8_t*>(patches + most / 2 * patch);
    std::int8_t* const nowhere = bytes + shape.padded_row();
    std::int8_t* to = output;
    int x = 0;
    int y = 0;
    for (int left = outputs; left > 0; left -= most) {
        const int count = left < most ? left : most;
        for (int i = 0; i < count; ++i) {
            take_patch(convolution, input, y, x, bytes, patches + i / 2 * patch + i % 2);
            if (++x == shape.output_width) {
                x = 0;
                ++y;
            }
        }
        for (int i = 0; i < count; i += 2, to += 2 * channels) {
            const std::uint32_t* const from = patches + i / 2 * patch;
            std::int8_t* const second = i + 1 < count ? to + channels : nowhere; // the last alone
            if (!convolution.weights)
                multiply_unpacked(convolution, from, to, second);
            else if (convolution.in_lanes)
                multiply_in_lanes(convolution, from, from + patch, to, second);
            else
                multiply(convolution, from, to, second);
        }
    }
    if (convolution.in_lanes)
        clamp(convolution.range, output, outputs * channels);
}

} // namespace kernels
