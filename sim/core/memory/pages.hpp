#pragma once

#include "../types.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace tinysim {

/// Host addresses of the emulated address space, 4 KB at a time. An entry holds the host
/// address of the page minus its emulated one, so that adding an emulated address gives the
/// host's; 0 stands for anything that is not plain memory.
class Pages {
public:
    static constexpr unsigned shift = 12;
    static constexpr u32 size = 1u << shift;
    static constexpr u32 count = 1u << (32 - shift);

    /// The host gives memory of zeroes when an entry is first set, as most never are.
    Pages() : entries_(static_cast<std::uintptr_t*>(std::calloc(count, sizeof(std::uintptr_t)))) {
        if (!entries_)
            throw std::bad_alloc();
    }

    std::uintptr_t operator[](u32 address) const { return entries_[address >> shift]; }

    void map(u32 address, u8* host) {
        entries_[address >> shift] = reinterpret_cast<std::uintptr_t>(host) - address;
    }
    void copy(u32 address, const Pages& from) { entries_[address >> shift] = from[address]; }
    void unmap(u32 address) { entries_[address >> shift] = 0; }

    /// The host address of an aligned T, or null where there is no plain memory.
    template <class T> u8* find(u32 address) const {
        const std::uintptr_t base = entries_[address >> shift];
        if (base == 0 || (address & (sizeof(T) - 1)) != 0) [[unlikely]]
            return nullptr;
        return reinterpret_cast<u8*>(base + address);
    }

private:
    struct Free {
        void operator()(std::uintptr_t* entries) const { std::free(entries); }
    };
    std::unique_ptr<std::uintptr_t[], Free> entries_;
};

} // namespace tinysim
