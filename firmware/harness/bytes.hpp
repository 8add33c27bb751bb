#pragma once

#include "harness/words.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace harness {

/// What the host has sent as hex digits. Never holds more than there is room for, whatever was
/// asked for. `Memory` says where: `data()` and `capacity()`.
template <class Memory> class Bytes {
public:
    static std::size_t capacity() { return Memory::capacity(); }

    /// Expect so many bytes, from the start.
    void expect(std::size_t size) {
        expected_ = size;
        position_ = 0;
    }
    std::size_t expected() const { return expected_; }
    /// Takes a byte; true when it is the last one expected.
    bool add(std::uint8_t byte) {
        if (position_ < capacity())
            Memory::data()[position_] = byte;
        ++position_;
        return position_ == expected_;
    }
    /// Where the next byte goes.
    std::size_t position() const { return position_; }
    void move_to(std::size_t position) { position_ = position; }
    /// How many bytes there are to read.
    std::size_t size() const { return position_ < capacity() ? position_ : capacity(); }
    const std::uint8_t* data() const { return Memory::data(); }

private:
    std::size_t expected_ = 0;
    std::size_t position_ = 0;
};

/// How far a line of hex digits has filled a buffer.
struct Filled {
    enum { partly, wholly, odd, no_digit } how;
    std::size_t
        at; ///< the first digit of a pair that has none, or how many digits are an odd number
};

/// Adds a byte for each two digits, until `is_last`, told whether it was the last one expected,
/// says so: what comes then does not count.
template <class Memory, class Last>
Filled fill(Bytes<Memory>& bytes, const char* digits, Last is_last) {
    const std::size_t count = std::strlen(digits);
    if (count % 2 != 0)
        return {Filled::odd, count};
    for (std::size_t i = 0; i < count; i += 2) {
        const int high = digit(digits[i]);
        const int low = digit(digits[i + 1]);
        if (high < 0 || low < 0)
            return {Filled::no_digit, i};
        if (is_last(bytes.add(static_cast<std::uint8_t>(high << 4 | low))))
            return {Filled::wholly, i};
    }
    return {Filled::partly, count};
}

} // namespace harness
