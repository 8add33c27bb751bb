#pragma once

#include "kernels/depthwise.hpp"

namespace kernels {

/// Whether the quick way for kernels of one column or one row takes this shape: channels in fours.
bool is_line(const ConvolutionShape& shape);

/// Bytes of working memory: none, where every tap falls inside the input.
std::size_t line_scratch(const ConvolutionShape& shape);

/// A depthwise convolution with such a kernel; `pairs` must be there.
void convolve_line(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                   void* scratch);

} // namespace kernels
