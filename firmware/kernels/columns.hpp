#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// Columns: where a kernel is wider than its stride, neighbouring outputs share columns of the
/// input. A strip has the columns under two rows of outputs, one behind the other, spread into
/// half-words once; the patches of two outputs, one above the other, begin where their first column
/// does. Weights are packed by columns.

/// Whether columns are shared, need no more products than rows do, and those of two outputs have
/// room.
bool columns_fit(const ConvolutionShape& shape);

/// Bytes of working memory that `convolve_columns` needs, aligned to 4.
std::size_t columns_scratch(const ConvolutionShape& shape);

/// Of a layer `in_lanes` and `in_columns`.
void convolve_columns(const Convolution& convolution, const std::int8_t* input, std::int8_t* output,
                      void* scratch);

} // namespace kernels
