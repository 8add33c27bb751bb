#include "kernels/lanes.hpp"

namespace kernels {
namespace {

constexpr int largest_shift = 22; ///< the addend has 9 bits and is shifted by it, a product 23
constexpr std::int64_t bound = 1 << 23; ///< of a sum that is to be had from 256 times it

/// What is multiplied for an output: lines of inputs that lie one behind the other, each filled up
/// to groups of four. Lines go along, then down.
struct Patch {
    int along, along_step; ///< lines, and weights from one to the next
    int down, down_step;
    int line;

    int padded_line() const { return (line + 3) & ~3; }
    int padded() const { return along * down * padded_line(); }

    /// Where a value's weight lies, among those of its channel; below 0: it has none.
    int weight(int index) const {
        const int at = index % padded_line();
        const int number = index / padded_line();
        return at < line ? number / down * along_step + number % down * down_step + at : -1;
    }
    int weights() const { return along * down * line; }
};

Patch patch_of(const ConvolutionShape& shape, bool in_columns) {
    const int channels = shape.input_channels;
    if (in_columns)
        return {shape.kernel_width, channels, shape.kernel_height, shape.row(), channels};
    return {1, 0, shape.kernel_height, shape.row(), shape.row()};
}

std::size_t words_of(const Patch& patch, int outputs, int block) {
    const int blocks = (outputs + block - 1) / block;
    return static_cast<std::size_t>(blocks * block * (1 + patch.padded() / 4 + finish_words));
}

/// A stream whose blocks have `block` channels.
void pack(const Patch& patch, int outputs, int block, const std::int8_t* weights,
          const Channel* channels, std::int32_t output_zero_point, std::uint32_t* to) {
    const auto weight = [&](int channel, int index) {
        const int at = patch.weight(index);
        return channel < outputs && at >= 0 ? weights[channel * patch.weights() + at] : 0;
    };
    const auto half = [&](int channel, int index) {
        return static_cast<std::uint32_t>(weight(channel, index) +
                                          256 * weight(channel + 1, index)) &
               0xFFFF;
    };
    const auto channel_at = [&](int index) {
        return index < outputs ? channels[index] : Channel{0, 0, 0};
    };
    for (int first = 0; first < outputs; first += block) {
        for (int c = first; c < first + block; c += 2) {
            const auto a = static_cast<std::uint32_t>(channel_at(c).bias);
            *to++ = a + 256 * static_cast<std::uint32_t>(channel_at(c + 1).bias);
            *to++ = a;
        }
        // Values 0 and 2, then 1 and 3 of each four, as patches have them.
        for (int group = 0; group < patch.padded(); group += 4)
            for (int odd = 0; odd < 2; ++odd)
                for (int c = first; c < first + block; c += 2)
                    *to++ = half(c, group + odd) | half(c, group + odd + 2) << 16;
        for (int c = first; c < first + block; ++c) {
            to = write_finish(channel_at(c), output_zero_point, to);
        }
    }
}

/// `high`: as b or d.
bool is_lane(const Channel& channel, const std::int8_t* weights, int patch, bool high) {
    if (channel.shift > largest_shift)
        return false;
    std::int64_t widest = channel.bias < 0 ? -std::int64_t{channel.bias} : channel.bias;
    for (int i = 0; i < patch; ++i) {
        if (high && weights[i] == -128)
            return false; // with a below 0 it is beyond the half-word
        widest += 128 * (weights[i] < 0 ? -weights[i] : weights[i]);
    }
    return widest < bound;
}

} // namespace

bool lanes_fit(const Channel* channels, int count, const std::int8_t* weights, int patch) {
    for (int c = 0; c < count; ++c)
        if (!is_lane(channels[c], weights + c * patch, patch, c % 2 != 0))
            return false;
    return true;
}

std::size_t lane_words(const ConvolutionShape& shape, bool in_columns) {
    return words_of(patch_of(shape, in_columns), shape.output_channels, lane_channels);
}

void pack_lanes(const ConvolutionShape& shape, bool in_columns, const std::int8_t* weights,
                const Channel* channels, std::int32_t output_zero_point, std::uint32_t* to) {
    pack(patch_of(shape, in_columns), shape.output_channels, lane_channels, weights, channels,
         output_zero_point, to);
}

std::size_t row_words(int inputs, int outputs) {
    return words_of({1, 0, 1, 0, inputs}, outputs, lane_rows);
}

void pack_rows(int inputs, int outputs, const std::int8_t* weights, const Channel* channels,
               std::int32_t output_zero_point, std::uint32_t* to) {
    pack({1, 0, 1, 0, inputs}, outputs, lane_rows, weights, channels, output_zero_point, to);
}

#if !defined(__ARM_FEATURE_DSP)
namespace {

std::uint32_t add(std::uint32_t sum, std::uint32_t a, std::uint32_t b) {
    return sum + static_cast<std::uint32_t>(smlad(a, b, 0));
}

std::uint32_t doubled_high(std::uint32_t both, std::uint32_t low) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(both - low) >> 7);
}

} // namespace

const std::uint32_t* multiply_lanes(const std::uint32_t* stream, const std::uint32_t* patches,
                                    const std::uint32_t* end, int blocks, std::int8_t* first,
                                    std::int8_t* second) {
    for (; blocks > 0; --blocks, first += lane_channels, second += lane_channels) {
        std::uint32_t both[2][2] = {{stream[0], stream[2]}, {stream[0], stream[2]}};
        std::uint32_t low[2][2] = {{stream[1], stream[3]}, {stream[1], stream[3]}};
        stream += lane_channels;
        for (const std::uint32_t* patch = patches; patch != end; patch += 2, stream += 2)
            for (int output = 0; output < 2; ++output)
                for (int lane = 0; lane < 2; ++lane) {
                    both[output][lane] = add(both[output][lane], stream[lane], patch[output]);
                    low[output][lane] = add(low[output][lane], sxtb16(stream[lane]), patch[output]);
                }
        for (int lane = 0; lane < 2; ++lane, stream += 2 * finish_words)
            for (int output = 0; output < 2; ++output) {
                std::int8_t* const to = (output == 0 ? first : second) + 2 * lane;
                to[0] = finish(2 * low[output][lane], stream);
                to[1] = finish(doubled_high(both[output][lane], low[output][lane]),
                               stream + finish_words);
            }
    }
    return stream;
}

const std::uint32_t* multiply_rows(const std::uint32_t* stream, const std::uint32_t* input,
                                   const std::uint32_t* end, int blocks, std::int8_t* output) {
    constexpr int lanes = lane_rows / 2;
    for (; blocks > 0; --blocks) {
        std::uint32_t both[lanes];
        std::uint32_t low[lanes];
        for (int lane = 0; lane < lanes; ++lane) {
            both[lane] = *stream++;
            low[lane] = *stream++;
        }
        for (const std::uint32_t* x = input; x != end; ++x)
            for (int lane = 0; lane < lanes; ++lane, ++stream) {
                both[lane] = add(both[lane], *stream, *x);
                low[lane] = add(low[lane], sxtb16(*stream), *x);
            }
        for (int lane = 0; lane < lanes; ++lane, stream += 2 * finish_words) {
            *output++ = finish(2 * low[lane], stream);
            *output++ = finish(doubled_high(both[lane], low[lane]), stream + finish_words);
        }
    }
    return stream;
}
#endif

} // namespace kernels
