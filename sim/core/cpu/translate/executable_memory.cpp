#include "executable_memory.hpp"

#include <cstring>

#if defined(__x86_64__) && defined(__linux__)
#include <sys/mman.h>
#endif

namespace tinysim {

#if defined(__x86_64__) && defined(__linux__)

ExecutableMemory::ExecutableMemory() {
    void* const memory = mmap(nullptr, most, PROT_READ | PROT_WRITE | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory != MAP_FAILED)
        begin_ = static_cast<std::byte*>(memory);
}

ExecutableMemory::~ExecutableMemory() {
    if (begin_)
        munmap(begin_, most);
}

#else

ExecutableMemory::ExecutableMemory() = default;
ExecutableMemory::~ExecutableMemory() = default;

#endif

const std::byte* ExecutableMemory::place(std::span<const std::byte> code) {
    if (!begin_ || most - used_ < code.size())
        return nullptr;
    std::byte* const at = begin_ + used_;
    std::memcpy(at, code.data(), code.size());
    used_ += (code.size() + 15) & ~std::size_t{15};
    if (used_ > most)
        used_ = most;
    return at;
}

} // namespace tinysim
