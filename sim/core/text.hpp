#pragma once

#include "types.hpp"

#include <cstdio>
#include <string>

namespace tinysim {

/// An address or a register's value, for a reader.
inline std::string hex(u32 value) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", value);
    return text;
}

} // namespace tinysim
