#pragma once

#include "exceptions.hpp"

/// The registers of the Nested Vectored Interrupt Controller (DDI0403 B3.4), by their offsets from
/// 0xE000E000.
namespace tinysim::nvic {

inline constexpr u32 first = 0x100;
inline constexpr u32 priority_registers = 0x400;
inline constexpr u32 last = 0x4FF;

u32 read(const Exceptions& state, u32 offset);
void write(Exceptions& state, u32 offset, u32 value);

} // namespace tinysim::nvic
