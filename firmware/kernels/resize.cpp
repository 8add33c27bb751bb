#include "kernels/resize.hpp"

#include <cmath>

namespace kernels {
namespace {

/// TFLite's, in single precision.
int nearest(int at, int from, int to, const Resize& resize) {
    const bool corners = resize.align_corners && to > 1;
    const float scale = corners ? static_cast<float>(from - 1) / static_cast<float>(to - 1)
                                : static_cast<float>(from) / static_cast<float>(to);
    const float place =
        (static_cast<float>(at) + (resize.half_pixel_centers ? 0.5f : 0.0f)) * scale;
    const auto result =
        static_cast<int>(resize.align_corners ? std::round(place) : std::floor(place));
    return result < from - 1 ? result : from - 1;
}

constexpr int bits = 10;
constexpr int one = 1 << bits;

/// What an output takes from two inputs: `fraction` of 1024 parts from the later one.
struct Between {
    int first, second, fraction;
};

Between between(int at, int from, int to, const Resize& resize) {
    const int scale = resize.align_corners && to > 1 ? (one * (from - 1) + (to - 1) / 2) / (to - 1)
                                                     : (one * from + to / 2) / to;
    const int place = resize.half_pixel_centers ? at * scale + scale / 2 - one / 2 : at * scale;
    const int first = place / one > 0 ? place / one : 0;
    const int next = (place + one - 1) / one;
    return {first, next < from - 1 ? next : from - 1, place - one * first};
}

/// The same in single precision.
struct Part {
    int first, second;
    float fraction;
};

Part part(int at, int from, int to, const Resize& resize) {
    const bool corners = resize.align_corners && to > 1;
    const float scale = corners ? static_cast<float>(from - 1) / static_cast<float>(to - 1)
                                : static_cast<float>(from) / static_cast<float>(to);
    const float place = resize.half_pixel_centers ? (static_cast<float>(at) + 0.5f) * scale - 0.5f
                                                  : static_cast<float>(at) * scale;
    const auto floor = static_cast<int>(std::floor(place));
    const int first = floor > 0 ? floor : 0;
    const auto next = static_cast<int>(std::ceil(place));
    return {first, next < from - 1 ? next : from - 1, place - static_cast<float>(first)};
}

} // namespace

void resize_nearest(const Resize& resize, int width, const void* input, void* output) {
    const ConvolutionShape& shape = resize.shape;
    const auto pixel = static_cast<std::size_t>(shape.input_channels * width);
    const auto* from = static_cast<const std::uint8_t*>(input);
    auto* to = static_cast<std::uint8_t*>(output);
    for (int y = 0; y < shape.output_height; ++y) {
        const int row = nearest(y, shape.input_height, shape.output_height, resize);
        for (int x = 0; x < shape.output_width; ++x, to += pixel) {
            const int column = nearest(x, shape.input_width, shape.output_width, resize);
            std::memcpy(to,
                        from + static_cast<std::size_t>(row * shape.input_width + column) * pixel,
                        pixel);
        }
    }
}

void resize_bilinear(const Resize& resize, const std::int8_t* input, std::int8_t* output) {
    const ConvolutionShape& shape = resize.shape;
    const int channels = shape.input_channels;
    for (int y = 0; y < shape.output_height; ++y) {
        const Between v = between(y, shape.input_height, shape.output_height, resize);
        const std::int8_t* above = input + v.first * shape.input_width * channels;
        const std::int8_t* below = input + v.second * shape.input_width * channels;
        for (int x = 0; x < shape.output_width; ++x) {
            const Between h = between(x, shape.input_width, shape.output_width, resize);
            const int left = h.first * channels;
            const int right = h.second * channels;
            for (int c = 0; c < channels; ++c) {
                const std::int32_t upper =
                    above[left + c] * (one - h.fraction) + above[right + c] * h.fraction;
                const std::int32_t lower =
                    below[left + c] * (one - h.fraction) + below[right + c] * h.fraction;
                const std::int32_t sum = upper * (one - v.fraction) + lower * v.fraction;
                const std::int32_t half = sum > 0 ? 1 << (2 * bits - 1) : -(1 << (2 * bits - 1));
                *output++ = static_cast<std::int8_t>((sum + half) / (1 << (2 * bits)));
            }
        }
    }
}

void resize_bilinear(const Resize& resize, const float* input, float* output) {
    const ConvolutionShape& shape = resize.shape;
    const int channels = shape.input_channels;
    for (int y = 0; y < shape.output_height; ++y) {
        const Part v = part(y, shape.input_height, shape.output_height, resize);
        const float* above = input + v.first * shape.input_width * channels;
        const float* below = input + v.second * shape.input_width * channels;
        for (int x = 0; x < shape.output_width; ++x) {
            const Part h = part(x, shape.input_width, shape.output_width, resize);
            const int left = h.first * channels;
            const int right = h.second * channels;
            for (int c = 0; c < channels; ++c)
                *output++ = above[left + c] * (1 - v.fraction) * (1 - h.fraction) +
                            below[left + c] * v.fraction * (1 - h.fraction) +
                            above[right + c] * (1 - v.fraction) * h.fraction +
                            below[right + c] * v.fraction * h.fraction;
        }
    }
}

} // namespace kernels
