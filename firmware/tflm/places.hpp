#pragma once

#include "tensorflow/lite/c/common.h"
#include "tflm/working_memory.hpp"

#include <cstddef>
#include <cstdint>

/// Where the host wants what a kernel reads over and over: the memories of the board differ in how
/// long a read waits (docs/placement.md). The host finds out what is asked for by letting the
/// firmware start without its answers (`tinysim_place`).
namespace kernels {

struct Place {
    void* memory;  ///< null: none; the arena is full, or it is to stay in flash
    void* working; ///< the working memory of the kernel that reads it; null: that of all
};

/// The working memory of a kernel, while it runs.
inline void* working_memory(void* own) { return own ? own : working_memory(); }

/// A place for so many bytes: the host's, where it has one for this request, or else in the arena.
/// `rounds`: how often an inference reads all of it, where the kernel has another way without; 0
/// where it has none.
Place find_place(TfLiteContext* context, std::size_t bytes, std::uint32_t rounds = 0);

template <class T>
T* place(TfLiteContext* context, std::size_t count, void*& working, std::uint32_t rounds = 0) {
    const Place found = find_place(context, count * sizeof(T), rounds);
    working = found.working;
    return static_cast<T*>(found.memory);
}

} // namespace kernels
