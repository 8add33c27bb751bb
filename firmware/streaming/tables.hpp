#pragma once

#include "streaming/features.hpp"

/// The front end's constants, made by the compiler: in double precision, then rounded once.
namespace features {

inline constexpr double pi = 3.14159265358979323846;
inline constexpr std::size_t points = frame_samples / 2;
inline constexpr std::size_t bins = points + 1;

/// Half of a Hamming window that is its own mirror image.
struct Window {
    float half[frame_samples / 2];
    constexpr Window() : half{} {
        for (std::size_t i = 0; i < frame_samples / 2; ++i)
            half[i] = static_cast<float>(
                0.54 - 0.46 * __builtin_cos(2 * pi * static_cast<double>(i) / (frame_samples - 1)));
    }
};

/// exp(-2 pi i k / 1024) for k up to 512; those on an axis are exact.
struct Rotations {
    float re[bins], im[bins];
    constexpr Rotations() : re{}, im{} {
        for (std::size_t k = 0; k < bins; ++k) {
            const double angle = 2 * pi * static_cast<double>(k) / frame_samples;
            re[k] = static_cast<float>(__builtin_cos(angle));
            im[k] = static_cast<float>(-__builtin_sin(angle));
        }
        re[points / 2] = 0;
        im[points / 2] = -1;
        im[points] = 0;
    }
};

/// Triangular bands of equal width in mel from 0 to 8 kHz: 1127 ln(1 + f / 700). Those weights that
/// are not 0, one band behind the other.
struct Bands {
    std::uint16_t first[bands], count[bands];
    float weights[2 * bins];

    static constexpr double mel(double hertz) {
        return 1127.0 * __builtin_log(1.0 + hertz / 700.0);
    }
    constexpr Bands() : first{}, count{}, weights{} {
        const double step = mel(8000.0) / (bands + 1);
        double places[bins]{};
        for (std::size_t bin = 1; bin < bins; ++bin)
            places[bin] = mel(15.625 * static_cast<double>(bin));
        std::size_t at = 0;
        for (std::size_t band = 0; band < bands; ++band) {
            const double low = static_cast<double>(band) * step;
            const double centre = static_cast<double>(band + 1) * step;
            const double high = static_cast<double>(band + 2) * step;
            for (std::size_t bin = 1; bin < bins; ++bin) {
                const double rising = (places[bin] - low) / (centre - low);
                const double falling = (high - places[bin]) / (high - centre);
                const auto weight = static_cast<float>(rising < falling ? rising : falling);
                if (weight <= 0)
                    continue;
                if (count[band] == 0)
                    first[band] = static_cast<std::uint16_t>(bin);
                ++count[band];
                weights[at++] = weight;
            }
        }
    }
};

} // namespace features
