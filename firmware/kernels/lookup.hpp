#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels {

/// What a function of one int8 gives for each value: entry i is for the value i - 128.
using Table = std::int8_t[256];

void look_up(const Table& table, const std::int8_t* input, std::int8_t* output, std::size_t count);

} // namespace kernels
