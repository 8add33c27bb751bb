#pragma once

#include <cstddef>

/// Memory that a kernel may use while it runs; all share it, as one runs at a time. (The
/// interpreter of this vintage lets no kernel ask for scratch memory before another one has
/// asked for memory that lasts, so its own scratch buffers cannot be used.)
namespace kernels {

/// Whether so many bytes are there.
bool has_working_memory(std::size_t size);

/// Aligned to 8.
void* working_memory();

} // namespace kernels
