#pragma once

#include <cstddef>
#include <cstdint>

/// Memory for one thing at a time: the activations of what is streamed, or a sound that was
/// captured.
namespace record {

inline constexpr std::size_t bytes = 64'000; ///< a second, left and right

std::int8_t* activations();
std::int16_t* sound();

} // namespace record
