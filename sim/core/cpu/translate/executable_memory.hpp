#pragma once

#include <cstddef>
#include <span>

namespace tinysim {

/// Where translated code lies. Empty where the host is neither an x86-64 or arm64 Linux nor an
/// arm64 macOS, or does not let a process execute what it has written.
class ExecutableMemory {
public:
    ExecutableMemory();
    ~ExecutableMemory();
    ExecutableMemory(const ExecutableMemory&) = delete;
    ExecutableMemory& operator=(const ExecutableMemory&) = delete;

    /// Copies code to where it can run; null when there is no room.
    const std::byte* place(std::span<const std::byte> code);
    /// All that was placed is gone.
    void clear() { used_ = 0; }
    bool is_available() const { return begin_ != nullptr; }

private:
    static constexpr std::size_t most = 32u << 20;

    std::byte* begin_ = nullptr;
    std::size_t used_ = 0;
};

} // namespace tinysim
