#pragma once

#include "harness/submitter.hpp"

namespace harness {

/// Takes a character from the host; a `%` runs the command before it.
void take(char character);

/// The next word of the command that is being parsed, or null.
char* next_word();

} // namespace harness
