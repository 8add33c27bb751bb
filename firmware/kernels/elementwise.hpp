#pragma once

#include "kernels/broadcast.hpp"
#include "kernels/convolution.hpp"

namespace kernels {

/// An addition of two tensors. Each input byte's share of the sum comes from
/// a table of 256.
struct Addition {
    const std::int32_t* first;
    const std::int32_t* second;
    std::int32_t multiplier;
    int shift; ///< positive: left
    OutputRange range;
};

/// (value - zero_point) * 2^left_shift, times multiplier * 2^shift, for each value of int8;
/// entry i is for the value i - 128.
void fill_addition_table(std::int32_t zero_point, int left_shift, std::int32_t multiplier,
                         int shift, std::int32_t* table);

/// Of two tensors of the same shape.
void add(const Addition& addition, const std::int8_t* first, const std::int8_t* second,
         std::int8_t* output, std::size_t count);
void add(const Addition& addition, const Broadcast& shape, const std::int8_t* first,
         const std::int8_t* second, std::int8_t* output);

/// Means of the windows of one image, rounded to the nearest, halves away from zero; what lies
/// outside does not count. `shape` without output_channels; input and output quantization agree.
void average_pool(const ConvolutionShape& shape, const OutputRange& range, const std::int8_t* input,
                  std::int8_t* output);

} // namespace kernels
