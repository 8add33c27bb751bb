#include "kernels/convolution.hpp"

namespace kernels {
namespace {

/// Two patches, as the inner loop reads them: for each four values of a patch two words of
/// half-words, values 0 and 2, 1 and 3, which is how SXTB16 takes weights apart; first those
/// of one patch, then those of the other.
constexpr int words_per_group = 4;

/// Spreads `groups` times four bytes into one of the patches.
std::uint32_t* spread(const std::int8_t* bytes, int groups, std::uint32_t* to) {
    for (; groups > 0; --groups, bytes += 4, to += words_per_group) {
        const std::uint32_t word = load_word(bytes);
        to[0] = sxtb16(word);
        to[1] = sxtb16_odd(word);
    }
    return to;
}

/// The patch under an output, in plain bytes; the rim is the input's zero point.
void gather(const Convolution& convolution, const std::int8_t* input, int top, int left,
            std::int8_t* patch) {
    const ConvolutionShape& shape = convolution.shape;
    const int channels = shape.input_channels;
    for (int y = top; y < top + shape.kernel_height; ++y) {
        int x = left;
        const int end = left + shape.kernel_width;
        const bool outside = y < 0 || y >= shape.input_height;
        const int first = outside ? end : x < 0 ? 0 : x;
        const int last = outside ? end : end > shape.input_width ? shape.input_width : end;
        const auto fill = [&](int pixels) {
            std::memset(patch, convolution.input_zero_point,
                        static_cast<std::size_t>(pixels * channels));
            patch += pixels * channels;
        };
        if (first > x)
            fill(first - x);
        if (last > first) {
            const auto size = static_cast<std::size_t>((last - first) * channels);
            std::memcpy(patch, input + (y * shape.input_width + first) * channels, size);
            patch += size;
        }
        if (!outside && end > last)
            fill(end - last);
    }
}

/// Writes the patch of output (y, x) at `to`; `bytes` is room for one in plain bytes.
void take_patch(const Convolution& convolution, const std::int8_t* input, int y, int x,
                std::int8_t* bytes, std::uint32_t* to) {
    const ConvolutionShape& shape = convolution.shape;
    const int top = y * shape.stride_height - shape.padding_top;
    const int left = x * shape.stride_width - shape.padding_left;
    const int row = shape.kernel_width * shape.input_channels;
    const bool inside = top >= 0 && left >= 0 && top + shape.kernel_height <= shape.input_height &&
                        left + shape.kernel_width <= shape.input_width;
    if (inside && row % 4 == 0) {
        const std::int8_t* from = input + (top * shape.input_width + left) * shape.input_channels;
        for (int i = 0; i < shape.kernel_height; ++i) {
            to = spread(from, row / 4, to);
            from += shape.input_width * shape.input_channels;
        }
        return;
    }
    gather(convolution, input, top, left, bytes);
    // The last group's padding meets weights of 0.
    spread(bytes, shape.padded_patch() / 4, to);
}

/// All channels of two outputs from their patches: two by two sums in registers.
void multiply(const Convolution& convolution, const std::uint32_t* patches, std::int8_t* first,
              std::int8_t* second) {
    const Requantizer requantize(convolution.range, convolution.quick);
    const int length = convolution.shape.padded_patch();
    const std::uint32_t* const end = patches + length;
    const std::int8_t* weights = convolution.weights;
    const Channel* channel = convolution.channels;
    int left = convolution.shape.output_channels;
    for (; left >= 2; left -= 2) {
        std::int32_t sum00 = channel[0].bias;
        std::int32_t sum01 = sum00;
        std::int32_t sum10 = channel[1].bias;
        std::int32_t sum11 = sum10;
        const std::int8_t* other = weights + length;
        for (const std::uint32_t* patch = patches; patch != end; patch += words_per_group) {
            const std::uint32_t w0 = load_word(weights);
            const std::uint32_t w1 = load_word(other);
            weights += 4;
            other += 4;
            const std::uint32_t w0_even = sxtb16(w0);
            const std::uint32_t w0_odd = sxtb16_odd(w0);
            const std::uint32_t w1_even = sxtb16(w1);
            const std::uint32_t w1_odd = sxtb16_odd(w1);
            const std::uint32_t x0_even = patch[0];
            const std::uint32_t x0_odd = patch[1];
            sum00 = smlad(w0_even, x0_even, sum00);
            sum10 = smlad(w1_even, x0_even, sum10);
            sum00 = smlad(w0_odd, x0_odd, sum00);
            sum10 = smlad(w1_odd, x0_odd, sum10);
            const std::uint32_t x1_even = patch[2];
            const std::uint32_t x1_odd = patch[3];
            sum01 = smlad(w0_even, x1_even, sum01);
            sum11 = smlad(w1_even, x1_even, sum11);
            sum01 = smlad(w0_odd, x1_odd, sum01);
            sum11 = smlad(w1_odd, x1_odd, sum11);
        }
        weights = other;
        first[0] = requantize(sum00, channel[0].multiplier, channel[0].shift);
        second[0] = requantize(sum01, channel[0].multiplier, channel[0].shift);
        first[1] = requantize(sum10, channel[1].multiplier, channel[1].shift);
        second[1] = requantize(sum11, channel[1].multiplier, channel[1].shift);
        first += 2;
        second += 2;
        channel += 2;
    }
    if (left != 0) {
        std::int32_t sum0 = channel->bias;
        std::int32_t sum1 = sum0;
        for (const std::uint32_t* patch = patches; patch != end; patch += words_per_group) {
            const std::uint32_t word = load_word(weights);
            weights += 4;
            sum0 = smlad(sxtb16(word), patch[0], sum0);
            sum0 = smlad(sxtb16_odd(word), patch[1], sum0);
            sum1 = smlad(sxtb16(word), patch[2], sum1);
            sum1 = smlad(sxtb16_odd(word), patch[3], sum1);
        }
        *first = requantize(sum0, channel->multiplier, channel->shift);
        *second = requantize(sum1, channel->multiplier, channel->shift);
    }
}

} // namespace

std::size_t convolution_scratch(const ConvolutionShape& shape) {
    const auto patch = static_cast<std::size_t>(shape.padded_patch());
    const auto outputs = static_cast<std::size_t>((shape.output_channels + 3) & ~3);
    return 4 * patch + patch + outputs;
}

void convolve(const Convolution& convolution, const std::int8_t* input, std::int8_t* output,
              void* scratch) {
    const ConvolutionShape& shape = convolution.shape;
    auto* const patches = static_cast<std::uint32_t*>(scratch);
    auto* const bytes = reinterpret_cast<std::int8_t*>(patches + shape.padded_patch());
    std::int8_t* const nowhere = bytes + shape.padded_patch();
    int waiting = 0;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x) {
            take_patch(convolution, input, y, x, bytes, patches + 2 * waiting);
            if (++waiting == 2) {
                multiply(convolution, patches, output, output + shape.output_channels);
                output += 2 * shape.output_channels;
                waiting = 0;
            }
        }
    if (waiting != 0) // the last of an odd number goes with what the other half last held
        multiply(convolution, patches, output, nowhere);
}

} // namespace kernels
