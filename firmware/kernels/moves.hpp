#pragma once

#include <cstddef>

namespace kernels {

/// Elements to copy: nested loops, outermost first, with how far a turn of each moves on in the
/// source and in the target, in bytes.
struct Walk {
    static constexpr int max_rank = 8;
    int rank;
    int count[max_rank];
    int from[max_rank];
    int to[max_rank];
};

/// The same walk with as few loops as it takes.
Walk simplified(const Walk& walk);

/// Copies elements of `width` bytes (1, 2, 4 or 8). Source and target may lie in one tensor, where
/// no element is read after it was written.
void move(const Walk& walk, int width, const void* from, void* to);

/// Writes `count` times the element at `value`.
void fill(const void* value, int width, void* to, std::size_t count);

} // namespace kernels
