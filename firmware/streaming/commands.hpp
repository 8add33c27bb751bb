#pragma once

namespace streaming {

/// Takes a character from the host; a `%` runs the command before it.
void take(char character);

} // namespace streaming
