#pragma once

#include "../core.hpp"
#include "load_store.hpp"

#include <cstring>
#include <type_traits>

namespace tinysim {

/// What a single access transfers.
template <Width width>
using Unit = std::conditional_t<
    width == Width::word, u32,
    std::conditional_t<width == Width::half || width == Width::signed_half, u16, u8>>;

template <Address address> u32 address_of(const Core& core, const Op* op) {
    if constexpr (address == Address::literal)
        return op->imm;
    else if constexpr (address == Address::post)
        return core.r[op->rn];
    else if constexpr (address == Address::shifted)
        return core.r[op->rn] + (core.r[op->rm] << op->imm);
    else
        return core.r[op->rn] + op->imm;
}

template <Address address> void write_back(Core& core, const Op* op) {
    if constexpr (address == Address::pre || address == Address::post)
        core.r[op->rn] += op->imm;
}

/// A read of a T; false: the instruction was aborted.
template <class T> bool load(Core& core, const Op* op, u32 address, u32& value) {
    if (const u8* host = core.protection.readable->find<T>(address)) [[likely]] {
        T unit;
        std::memcpy(&unit, host, sizeof unit);
        value = unit;
        return true;
    }
    return core.read_slow(op, address, sizeof(T), value);
}

inline bool check_aligned(Core& core, const Op* op, u32 address) {
    return (address & 3) == 0 || core.fault(op, Exception::usage_fault, cfsr::unaligned);
}

/// Stores a word of several; `slow` becomes true where the access was no plain one.
inline bool store_word(Core& core, const Op* op, u32 address, u32 value, bool& slow) {
    if (u8* host = core.protection.writable->find<u32>(address)) [[likely]] {
        std::memcpy(host, &value, sizeof value);
        return true;
    }
    slow = true;
    return core.write_slow(op, address, 4, value);
}

} // namespace tinysim
