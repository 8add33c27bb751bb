#pragma once

#include "kernels/depthwise.hpp"

namespace kernels {

/// A depthwise convolution of 3 x 3, a channel after another: its values lie in a plane of
/// half-words with a rim, so that a word has two neighbours for SMLAD, and its nine weights stay in
/// registers. A plane's lines are the image's rows or its columns, whichever leaves less of four
/// outputs unused.

/// Bytes from a line of a plane to the next: the code has it as an offset.
constexpr int plane_pitch = 128;

/// Whether a layer can be computed so; its channels are `quick`.
bool planes_fit(const ConvolutionShape& shape, const Channel* channels);

/// Words that `pack_planes` writes.
std::size_t plane_words(const ConvolutionShape& shape);

/// What the code needs of each channel; weights are HWC.
void pack_planes(const ConvolutionShape& shape, const std::int8_t* weights, const Channel* channels,
                 std::int32_t output_zero_point, std::uint32_t* to);

/// Bytes of working memory, aligned to 4: the planes of four channels.
std::size_t planes_scratch(const ConvolutionShape& shape);

/// `depthwise.pairs` is what `pack_planes` has written.
void convolve_planes(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                     void* scratch);

/// One plane: `lines` times `outputs`, to where `to` points.
struct PlaneOutput {
    std::int8_t* to;
    std::int32_t step;      ///< bytes to the next output of a line
    std::int32_t line_step; ///< bytes to the next line's first
    std::int32_t outputs;
    std::int32_t lines;
    std::int32_t from_step; ///< bytes to the next line in the plane
};

} // namespace kernels
