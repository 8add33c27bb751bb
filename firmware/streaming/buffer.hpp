#pragma once

#include <cstddef>
#include <cstdint>

namespace streaming {

/// Numbers between brackets, 16 a line.
void print_numbers(const std::int8_t* values, std::size_t count);

/// Samples `step` apart between brackets, 16 a line.
void print_samples(const std::int16_t* samples, std::size_t count, std::size_t step);

/// The `db` command, from its subcommand on.
void run_buffer_command(char* rest);

} // namespace streaming
