#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// Lanes: weights of two channels, a and b, share a half-word as a + 256 b. SMLAD of such words
/// with inputs gives sum(a x) + 256 sum(b x); SXTB16 leaves the a alone, whose sum is subtracted.
/// Half the unpacking that bytes need, and four channels of two outputs fit into the registers.
///
/// A stream has for each block of four channels: sums to start from, two words (a and b, c and d)
/// for each two inputs, and for each channel what requantizes it.

constexpr int lane_channels = 4;

/// Whether a layer can be in lanes: its channels, which are `quick`, and `patch` weights of each.
bool lanes_fit(const Channel* channels, int count, const std::int8_t* weights, int patch);

/// Words of a layer's stream.
std::size_t lane_words(const ConvolutionShape& shape, bool in_columns);

/// Writes the stream of a layer whose `lanes_fit`; the last block is filled up with channels
/// of 0. Weights are OHWI.
void pack_lanes(const ConvolutionShape& shape, bool in_columns, const std::int8_t* weights,
                const Channel* channels, std::int32_t output_zero_point, std::uint32_t* to);

/// `blocks` times four channels of two outputs, saturated to int8; where the stream goes on. From
/// `patches` to `end` lie the two patches, see convolution.cpp. `blocks` is above 0.
/// The same for one output, as fully connected layers have it: blocks of eight rows of weights.
constexpr int lane_rows = 8;
std::size_t row_words(int inputs, int outputs);
void pack_rows(int inputs, int outputs, const std::int8_t* weights, const Channel* channels,
               std::int32_t output_zero_point, std::uint32_t* to);
/// From `input` to `end` lie the inputs in half-words: values 0 and 2, 1 and 3 of each four.

#if defined(__ARM_FEATURE_DSP)
extern "C" const std::uint32_t* tinysim_multiply_lanes(const std::uint32_t* stream,
                                                       const std::uint32_t* patches,
                                                       const std::uint32_t* end, int blocks,
                                                       std::int8_t* first, std::int8_t* second);
constexpr auto multiply_lanes = tinysim_multiply_lanes;
extern "C" const std::uint32_t* tinysim_multiply_rows(const std::uint32_t* stream,
                                                      const std::uint32_t* input,
                                                      const std::uint32_t* end, int blocks,
                                                      std::int8_t* output);
constexpr auto multiply_rows = tinysim_multiply_rows;
#else
const std::uint32_t* multiply_lanes(const std::uint32_t* stream, const std::uint32_t* patches,
                                    const std::uint32_t* end, int blocks, std::int8_t* first,
                                    std::int8_t* second);
const std::uint32_t* multiply_rows(const std::uint32_t* stream, const std::uint32_t* input,
                                   const std::uint32_t* end, int blocks, std::int8_t* output);
#endif

} // namespace kernels
