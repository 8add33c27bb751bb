#pragma once

#include "kernels/convolution.hpp"

namespace kernels {

/// An image made larger or smaller; `shape` has its sizes and channels.
struct Resize {
    ConvolutionShape shape;
    bool align_corners, half_pixel_centers;
};

/// Elements of `width` bytes, each that of the pixel nearest by.
void resize_nearest(const Resize& resize, int width, const void* input, void* output);

/// Between four pixels; of int8 in fixed point of 10 bits.
void resize_bilinear(const Resize& resize, const std::int8_t* input, std::int8_t* output);
void resize_bilinear(const Resize& resize, const float* input, float* output);

} // namespace kernels
