#pragma once

#include "harness/submitter.hpp"

namespace harness {

/// Takes a character from the host; a `%` runs the command before it.
void take(char character);

} // namespace harness
