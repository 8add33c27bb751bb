#pragma once

#include "harness/bytes.hpp"

/// The memory for it, which the image sets aside beside its model.
extern "C" {
extern std::uint8_t* const tinysim_input;
extern const std::uint32_t tinysim_input_bytes;
}

namespace harness {

struct InputMemory {
    static std::uint8_t* data() { return tinysim_input; }
    static std::size_t capacity() { return tinysim_input_bytes; }
};

/// The host's bytes for the next input.
using Buffer = Bytes<InputMemory>;

/// The one that `db` fills.
Buffer& buffer();

/// The `db` command, from its subcommand on.
void parse_buffer_command(char* rest);

} // namespace harness
