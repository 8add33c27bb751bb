#pragma once

/// A printf for what the protocol prints: %s %c %d %u %lu %x with a width and zeros.
extern "C" void th_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));

namespace harness {

/// A number with six decimals, halves rounded up, as the reference board prints it.
void print_decimals(float value);

/// A number in [0, 1) with three decimals, cut off.
void print_thousandths(float value);

} // namespace harness
