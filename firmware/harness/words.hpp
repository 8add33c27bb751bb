#pragma once

#include <cstddef>

/// Commands as characters come in: up to a `%`, then word by word.
namespace harness {

/// The next word of a command, or null; `rest` moves behind it.
char* next_word(char*& rest);

/// The value of a hex digit, or -1.
int digit(char character);

/// A command in the making.
template <std::size_t size> class CommandLine {
public:
    /// Takes a character from the host; the command when it was the `%` behind one, else null.
    char* take(char character) {
        if (character == '%') {
            text_[length_] = '\0';
            length_ = 0;
            return text_;
        }
        // What does not fit overwrites the last character, as in the original.
        if (length_ == size)
            --length_;
        text_[length_++] = character;
        return nullptr;
    }

private:
    char text_[size + 1]{};
    std::size_t length_ = 0;
};

} // namespace harness
