#include "executable_memory.hpp"

#include <cstring>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <sys/mman.h>
#define TINYSIM_EXECUTES
#elif defined(__APPLE__) && defined(__aarch64__)
#include <pthread.h>
#include <sys/mman.h>
#define TINYSIM_EXECUTES
#endif

namespace tinysim {

#if defined(TINYSIM_EXECUTES)
namespace {

#if defined(__APPLE__)
/// A thread may either write to such memory or execute it: pthread_jit_write_protect_np(3).
constexpr int kind = MAP_JIT;
void let_write(bool write) { pthread_jit_write_protect_np(write ? 0 : 1); }
#else
constexpr int kind = MAP_NORESERVE;
void let_write(bool) {}
#endif

} // namespace

ExecutableMemory::ExecutableMemory() {
    void* const memory = mmap(nullptr, most, PROT_READ | PROT_WRITE | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS | kind, -1, 0);
    if (memory != MAP_FAILED)
        begin_ = static_cast<std::byte*>(memory);
}

ExecutableMemory::~ExecutableMemory() {
    if (begin_)
        munmap(begin_, most);
}

const std::byte* ExecutableMemory::place(std::span<const std::byte> code) {
    if (!begin_ || most - used_ < code.size())
        return nullptr;
    std::byte* const at = begin_ + used_;
    let_write(true);
    std::memcpy(at, code.data(), code.size());
    let_write(false);
    // On arm64 instructions are fetched from where data has been written only after this (DDI
    // 0487, "Synchronization and coherency issues between data and instruction accesses").
    auto* const first = reinterpret_cast<char*>(at);
    __builtin___clear_cache(first, first + code.size());
    used_ += (code.size() + 15) & ~std::size_t{15};
    if (used_ > most)
        used_ = most;
    return at;
}

#else

ExecutableMemory::ExecutableMemory() = default;
ExecutableMemory::~ExecutableMemory() = default;
const std::byte* ExecutableMemory::place(std::span<const std::byte>) { return nullptr; }

#endif

} // namespace tinysim
