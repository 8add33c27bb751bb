#include "streaming/features.hpp"

#include "streaming/tables.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace features {
namespace {

constexpr Window window;
constexpr Rotations rotations;
constexpr Bands mel;

constexpr std::size_t levels = 255;
/// The energy beyond which a band is one step more than -128: the logarithm is done beforehand.
float g_steps[levels];

std::int16_t g_sound[frame_samples];
/// The one before the frame.
std::int16_t g_previous;
float g_re[points], g_im[points], g_power[bins];

constexpr std::size_t reversed(std::size_t index) {
    std::size_t result = 0;
    for (std::size_t bit = 1; bit < points; bit *= 2)
        result = result * 2 + (index & bit ? 1 : 0);
    return result;
}

struct Order {
    std::uint16_t place[points];
    constexpr Order() : place{} {
        for (std::size_t i = 0; i < points; ++i)
            place[i] = static_cast<std::uint16_t>(reversed(i));
    }
};
constexpr Order order;

/// 32 x[n] - 31 x[n - 1], which is the pre-emphasis times 32, through the window; even samples are
/// the real parts and odd ones the imaginary of half as many points, in the order of reversed bits.
void fill() {
    std::int32_t before = g_previous;
    for (std::size_t i = 0; i < points; ++i) {
        const std::size_t at = 2 * i;
        const std::int32_t even = g_sound[at];
        const std::int32_t odd = g_sound[at + 1];
        const bool rising = i < points / 2;
        const float first = window.half[rising ? at : frame_samples - 1 - at];
        const float second = window.half[rising ? at + 1 : frame_samples - 2 - at];
        g_re[order.place[i]] = static_cast<float>(32 * even - 31 * before) * first;
        g_im[order.place[i]] = static_cast<float>(32 * odd - 31 * even) * second;
        before = odd;
    }
}

void transform() {
    for (std::size_t half = 1; half < points; half *= 2) {
        const std::size_t pace = frame_samples / (2 * half);
        for (std::size_t j = 0; j < half; ++j) {
            const float wr = rotations.re[j * pace];
            const float wi = rotations.im[j * pace];
            for (std::size_t a = j; a < points; a += 2 * half) {
                const std::size_t b = a + half;
                const float tr = g_re[b] * wr - g_im[b] * wi;
                const float ti = g_re[b] * wi + g_im[b] * wr;
                g_re[b] = g_re[a] - tr;
                g_im[b] = g_im[a] - ti;
                g_re[a] = g_re[a] + tr;
                g_im[a] = g_im[a] + ti;
            }
        }
    }
}

/// Four times the power of each of the 1024 points' bins, out of the 512 points'.
void take_powers() {
    for (std::size_t k = 0; k < bins; ++k) {
        const std::size_t here = k % points;
        const std::size_t mirror = (points - k) % points;
        const float er = g_re[here] + g_re[mirror];
        const float ei = g_im[here] - g_im[mirror];
        const float odd_re = g_im[here] + g_im[mirror];
        const float odd_im = g_re[mirror] - g_re[here];
        const float wr = rotations.re[k];
        const float wi = rotations.im[k];
        const float xr = er + (odd_re * wr - odd_im * wi);
        const float xi = ei + (odd_re * wi + odd_im * wr);
        g_power[k] = xr * xr + xi * xi;
    }
}

std::int8_t quantized(float energy) {
    std::size_t low = 0;
    std::size_t high = levels;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (energy > g_steps[middle])
            low = middle + 1;
        else
            high = middle;
    }
    return static_cast<std::int8_t>(static_cast<int>(low) - 128);
}

} // namespace

/// The reference gives the model (int8)(f / scale - 128) for f = (10 log10(power) + 52) / 64 within
/// 0 and 1: cut off towards 0. Powers are 2^52 times those of samples in [-1, 1]: 2^40 by the
/// samples, 2^2 by `take_powers`, 2^10 as nothing is divided by the number of points.
void start(float scale) {
    for (std::size_t i = 0; i < levels; ++i) {
        const int value = static_cast<int>(i) - 127;
        const double place = 128.0 + (value <= 0 ? value - 1 : value);
        const double share = place * static_cast<double>(scale);
        g_steps[i] =
            share > 1.0 ? std::numeric_limits<float>::infinity()
                        : static_cast<float>(std::pow(10.0, (64.0 * share - 52.0) / 10.0) * 0x1p52);
    }
    reset();
}

void reset() {
    std::memset(g_sound, 0, sizeof g_sound);
    g_previous = 0;
}

void compute(const std::int16_t* samples, std::size_t step, std::int8_t* out) {
    constexpr std::size_t kept = frame_samples - stride_samples;
    g_previous = g_sound[stride_samples - 1];
    std::memmove(g_sound, g_sound + stride_samples, kept * sizeof g_sound[0]);
    for (std::size_t i = 0; i < stride_samples; ++i)
        g_sound[kept + i] = samples[i * step];
    fill();
    transform();
    take_powers();
    const float* weight = mel.weights;
    for (std::size_t band = 0; band < bands; ++band) {
        float energy = 0;
        const float* power = g_power + mel.first[band];
        for (std::size_t i = 0; i < mel.count[band]; ++i)
            energy = energy + *power++ * *weight++;
        out[band] = quantized(energy);
    }
}

} // namespace features
