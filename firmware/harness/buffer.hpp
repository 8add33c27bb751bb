#pragma once

#include <cstddef>
#include <cstdint>

/// The memory for it, which the image sets aside beside its model.
extern "C" {
extern std::uint8_t* const tinysim_input;
extern const std::uint32_t tinysim_input_bytes;
}

namespace harness {

/// The host's bytes for the next input. Never holds more than the image has room for, whatever
/// was asked for.
class Buffer {
public:
    static std::size_t capacity() { return tinysim_input_bytes; }

    /// Expect so many bytes, from the start.
    void expect(std::size_t size) {
        expected_ = size;
        position_ = 0;
    }
    std::size_t expected() const { return expected_; }
    /// Takes a byte; true when it is the last one expected.
    bool add(std::uint8_t byte) {
        if (position_ < capacity())
            tinysim_input[position_] = byte;
        ++position_;
        return position_ == expected_;
    }
    /// How many bytes there are to read.
    std::size_t size() const { return position_ < capacity() ? position_ : capacity(); }
    const std::uint8_t* data() const { return tinysim_input; }

private:
    std::size_t expected_ = 0;
    std::size_t position_ = 0;
};

/// The one that `db` fills.
Buffer& buffer();

/// The `db` command, from its subcommand on (null: none was given).
void parse_buffer_command(char* subcommand);

} // namespace harness
