#pragma once

#include "kernels/requantize.hpp"

#include <cstddef>

namespace kernels {

/// Shapes of a two-dimensional convolution of one image, NHWC; weights are OHWI.
struct ConvolutionShape {
    int input_height, input_width, input_channels;
    int kernel_height, kernel_width;
    int output_height, output_width, output_channels;
    int stride_height, stride_width;
    int padding_top, padding_left;

    int row() const { return kernel_width * input_channels; }
    int patch() const { return kernel_height * row(); }
    /// A row of a patch in groups of four, and a patch of such rows: then each begins in a group,
    /// and is read where it lies.
    int padded_row() const { return (row() + 3) & ~3; }
    int padded_patch() const { return kernel_height * padded_row(); }
    /// The same by columns of the kernel, each of whose pixels begins in a group.
    int padded_column() const { return kernel_height * ((input_channels + 3) & ~3); }
};

/// Everything that does not change from inference to inference.
struct Convolution {
    ConvolutionShape shape;
    OutputRange range;
    bool quick; ///< see Requantizer
    std::int8_t input_zero_point;
    const std::uint32_t* weights; ///< see pack_weights; or pack_lanes, where `in_lanes`; or none
    const std::int8_t* unpacked;  ///< where they lie in the model
    bool in_lanes;
    bool in_columns; ///< see columns.hpp
    const Channel* channels;
};

/// Words of packed weights.
inline std::size_t packed_words(const ConvolutionShape& shape) {
    return static_cast<std::size_t>(shape.padded_patch() / 4 * shape.output_channels);
}
/// Weights (OHWI) as `convolve` reads them: the channels in pairs, four values of one and of the
/// other in turn, rows filled up with 0.
void pack_weights(const ConvolutionShape& shape, const std::int8_t* weights, std::uint32_t* to);

/// Bytes of working memory that `convolve` needs, aligned to 4.
std::size_t convolution_scratch(const ConvolutionShape& shape);

/// All channels of two outputs of a layer in lanes, from their patches up to `end`: for each four
/// values of a patch two words of half-words, values 0 and 2, 1 and 3; a word of one patch, then
/// one of the other. Not yet clamped.
void multiply_in_lanes(const Convolution& convolution, const std::uint32_t* patches,
                       const std::uint32_t* end, std::int8_t* first, std::int8_t* second);

/// The same by weights that are not packed, clamped.
void multiply_unpacked(const Convolution& convolution, const std::uint32_t* patches,
                       std::int8_t* first, std::int8_t* second);

void convolve(const Convolution& convolution, const std::int8_t* input, std::int8_t* output,
              void* scratch);

} // namespace kernels
