#pragma once

#include <cstdint>

/// The NUCLEO-L4R5ZI, as far as the benchmark needs it.
namespace board {

inline constexpr std::uint32_t core_clock_hz = 120'000'000;

void start_clock();

void start_serial(std::uint32_t baud);
void send(char character);
char receive();

/// Starts the microsecond timer (TIM5) and the millisecond tick.
void start_time();
std::uint32_t microseconds();

/// The energy monitor's pin: a falling edge on D7 (PF13).
void start_timestamp_pin();
void pulse_timestamp_pin();

} // namespace board
