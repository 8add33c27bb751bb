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
        begin_ = static_cast<u8*>(memory);
}

ExecutableMemory::~ExecutableMemory() {
    if (begin_)
        munmap(begin_, most);
}

#else

ExecutableMemory::ExecutableMemory() = default;
ExecutableMemory::~ExecutableMemory() = default;

#endif

const u8* ExecutableMemory::place(const u8* code, std::size_t size) {
    if (!begin_ || most - used_ < size)
        return nullptr;
    u8* const at = begin_ + used_;
    std::memcpy(at, code, size);
    used_ += (size + 15) & ~std::size_t{15};
    if (used_ > most)
        used_ = most;
    return at;
}

} // namespace tinysim
