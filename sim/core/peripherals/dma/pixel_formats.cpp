#include "pixel_formats.hpp"

namespace tinysim::pixels {
namespace {

constexpr u32 opaque = 0xFF;

/// Eight bits, whose lowest are the highest once more.
u32 widen(u32 value, u32 bits) {
    value = (value & ((1u << bits) - 1)) << (8 - bits);
    return value | value >> bits;
}

u32 mix(u32 front, u32 alpha, u32 back, u32 covered, u32 total) {
    return total == 0 ? 0 : (front * alpha + back * covered) / total;
}

} // namespace

u32 bits_a_pixel(Format format) {
    static constexpr u8 bits[formats] = {32, 24, 16, 16, 16, 8, 8, 16, 4, 8, 4};
    return bits[static_cast<unsigned>(format)];
}

Color decode(Format format, u32 pixel, const Palette& palette, const Color& plain) {
    const auto from_palette = [&](u32 alpha, u32 index) {
        Color color = palette[index & 0xFF];
        color.alpha = alpha;
        return color;
    };
    switch (format) {
    case Format::argb8888:
        return {pixel >> 24, pixel >> 16 & 0xFF, pixel >> 8 & 0xFF, pixel & 0xFF};
    case Format::rgb888:
        return {opaque, pixel >> 16 & 0xFF, pixel >> 8 & 0xFF, pixel & 0xFF};
    case Format::rgb565:
        return {opaque, widen(pixel >> 11, 5), widen(pixel >> 5, 6), widen(pixel, 5)};
    case Format::argb1555:
        return {(pixel >> 15 & 1) * opaque, widen(pixel >> 10, 5), widen(pixel >> 5, 5),
                widen(pixel, 5)};
    case Format::argb4444:
        return {widen(pixel >> 12, 4), widen(pixel >> 8, 4), widen(pixel >> 4, 4), widen(pixel, 4)};
    case Format::l8:
        return palette[pixel & 0xFF];
    case Format::al44:
        return from_palette(widen(pixel >> 4, 4), pixel & 15);
    case Format::al88:
        return from_palette(pixel >> 8 & 0xFF, pixel);
    case Format::l4:
        return palette[pixel & 15];
    case Format::a8:
        return {pixel & 0xFF, plain.red, plain.green, plain.blue};
    default: // A4
        return {widen(pixel, 4), plain.red, plain.green, plain.blue};
    }
}

u32 encode(Format format, const Color& color) {
    const auto& [alpha, red, green, blue] = color;
    switch (format) {
    case Format::rgb888:
        return red << 16 | green << 8 | blue;
    case Format::rgb565:
        return (red >> 3) << 11 | (green >> 2) << 5 | blue >> 3;
    case Format::argb1555:
        return (alpha >> 7) << 15 | (red >> 3) << 10 | (green >> 3) << 5 | blue >> 3;
    case Format::argb4444:
        return (alpha >> 4) << 12 | (red >> 4) << 8 | (green >> 4) << 4 | blue >> 4;
    default:
        return alpha << 24 | red << 16 | green << 8 | blue;
    }
}

/// RM0432, DMA2D, blender: each division drops its rest.
Color blend(const Color& front, const Color& back) {
    const u32 both = front.alpha * back.alpha / 255;
    const u32 covered = back.alpha - both; // what the foreground lets through
    const u32 total = front.alpha + covered;
    const auto channel = [&](u32 one, u32 other) {
        return mix(one, front.alpha, other, covered, total);
    };
    return {total, channel(front.red, back.red), channel(front.green, back.green),
            channel(front.blue, back.blue)};
}

} // namespace tinysim::pixels
