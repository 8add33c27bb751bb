#pragma once

#include <cstdint>

/// What happened while nothing could be printed.
namespace journal {

/// Notes an event, a text that lasts, of a frame; the first ones are kept.
void note(const char* what, std::uint32_t frame, int value);

/// The `log` command: prints what was noted, and forgets it.
void print();

} // namespace journal
