#pragma once

#include "../../types.hpp"

#include <array>

namespace tinysim::pixels {

/// DMA2D's color modes (RM0432, DMA2D, CM of FGPFCCR). The first five can be written too.
enum class Format : u8 { argb8888, rgb888, rgb565, argb1555, argb4444, l8, al44, al88, l4, a8, a4 };

inline constexpr u32 formats = 11, written_formats = 5;

u32 bits_a_pixel(Format format);

struct Color {
    u32 alpha = 0, red = 0, green = 0, blue = 0;
};

using Palette = std::array<Color, 256>;

/// What a pixel means. Without colors of its own (A8, A4) it has those of `plain`.
Color decode(Format format, u32 pixel, const Palette& palette, const Color& plain);
u32 encode(Format format, const Color& color);
/// The foreground over the background.
Color blend(const Color& front, const Color& back);

} // namespace tinysim::pixels
