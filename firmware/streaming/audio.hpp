#pragma once

#include <cstddef>
#include <cstdint>

/// Sound from SAI1 block A, a slave in I2S, by DMA into two buffers in turn.
namespace audio {

inline constexpr std::size_t channels = 2;
inline constexpr std::size_t buffer_samples = 1024; ///< 512 a channel: 32 ms

void start_hardware();

/// Begins to receive. A whole buffer raises PE9 and pends PendSV, whose handler takes it.
void start();
/// Keeps whole buffers of so many samples in `record::sound`; then pends PendSV.
void capture(std::size_t samples);
void stop();

/// Whether it receives for either.
bool is_running();
bool is_streaming();
/// Whether a sound is whole, and `stop` not called yet.
bool is_captured();
/// Samples of the sound that was captured, left and right in turn; 0 as long as it receives.
std::size_t captured();
/// How many were asked for.
std::size_t wanted();

/// The buffer that is whole; its samples are left and right in turn.
const std::int16_t* taken();
/// Its frame has been processed.
void give_back();

/// Frames that came while one was still being processed, and the first of them (from 0 on).
std::uint32_t overruns();
std::uint32_t first_overrun();

/// Room for what the host sends while nothing is received.
std::int16_t* first_buffer();

} // namespace audio
