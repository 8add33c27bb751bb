#pragma once

#include <cstddef>
#include <cstdint>

/// The streaming wake word's front end: log-mel energies of 64 ms of sound, as the model's bytes.
///
/// Every product and sum is rounded to single precision in the order in which
/// `tinysim/features/sww_firmware.py` computes them, which is the rule for being bit-exact.
namespace features {

inline constexpr std::size_t frame_samples = 1024;
inline constexpr std::size_t stride_samples = 512;
inline constexpr std::size_t bands = 40;

/// What the model's input is quantized with, before the first `compute`.
void start(float scale);

/// Forgets the sound heard so far.
void reset();

/// Takes the next 512 samples, `step` apart, and writes the frame that they end as 40 bytes.
void compute(const std::int16_t* samples, std::size_t step, std::int8_t* out);

} // namespace features
