#include "kernels/convolution.hpp"
#include "kernels/two_by_two.hpp"

/// Weights that RAM has no room for are read where they lie: two rows of them, over two patches.
namespace kernels {
namespace {

/// The last weights of a row, and 0 for what the patch has beyond.
std::uint32_t load_rest(const std::int8_t* weights, int count) {
    std::uint32_t word = 0;
    std::memcpy(&word, weights, static_cast<std::size_t>(count));
    return word;
}

} // namespace

void multiply_unpacked(const Convolution& convolution, const std::uint32_t* patches,
                       std::int8_t* first, std::int8_t* second) {
    const Requantizer requantize(convolution.range, convolution.quick);
    const ConvolutionShape& shape = convolution.shape;
    const int patch = shape.patch(), row = shape.row(), channels = shape.output_channels;
    for (int c = 0; c < channels; c += 2) {
        // The last one of an odd number is worked out twice.
        const bool alone = c + 1 == channels;
        const Channel pair[] = {convolution.channels[c], convolution.channels[alone ? c : c + 1]};
        const std::int8_t* weights = convolution.unpacked + c * patch;
        const int step = alone ? 0 : patch;
        const std::uint32_t* values = patches;
        TwoByTwo sums(pair[0], pair[1]);
        for (int i = 0; i < shape.kernel_height; ++i) {
            int left = row;
            for (; left >= 4; left -= 4, weights += 4, values += 4)
                sums.add(load_word(weights), load_word(weights + step), values);
            if (left > 0) {
                sums.add(load_rest(weights, left), load_rest(weights + step, left), values);
                weights += left;
                values += 4;
            }
        }
        first[c] = requantize(sums.first0, pair[0].multiplier, pair[0].shift);
        second[c] = requantize(sums.first1, pair[0].multiplier, pair[0].shift);
        if (alone)
            break;
        first[c + 1] = requantize(sums.second0, pair[1].multiplier, pair[1].shift);
        second[c + 1] = requantize(sums.second1, pair[1].multiplier, pair[1].shift);
    }
}

} // namespace kernels
