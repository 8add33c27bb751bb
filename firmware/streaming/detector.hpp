#pragma once

#include <cstddef>
#include <cstdint>

/// The wake word in a stream of frames.
namespace detector {

void start();

/// Forgets what was heard; the next frame is the first one, which always gives a pulse.
void reset();

/// Output 0 above which the word was heard.
inline constexpr std::int8_t threshold = 115;

/// Features and model for 512 samples more, `step` apart; output 0.
std::int8_t infer(const std::int16_t* samples, std::size_t step);
/// The same as a frame of a stream, with the pulse and its place among the activations.
void process(const std::int16_t* samples, std::size_t step);
/// The model alone, on the frames as they are.
void run_model();

/// Those of the frame before.
const std::int8_t* features();
const std::int8_t* outputs();

/// Output 0 of each frame since `reset`, as far as there is room.
const std::int8_t* activations();
std::size_t activation_count();

} // namespace detector
