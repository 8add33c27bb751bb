#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// Maxima of the windows of one image; what lies outside does not count. `shape` without
/// output_channels.
void max_pool(const ConvolutionShape& shape, const OutputRange& range, const std::int8_t* input,
              std::int8_t* output);

} // namespace kernels
