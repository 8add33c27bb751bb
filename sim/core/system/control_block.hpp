#pragma once

#include "exceptions.hpp"

namespace tinysim {

/// The registers of the System Control Block and the FPU's control (DDI0403 B3.2), by their offsets
/// from 0xE000E000.
class ControlBlock {
public:
    explicit ControlBlock(Exceptions& exceptions) : exceptions_(exceptions) {}

    u32 read(u32 offset) const;
    /// Whether it asks for a reset.
    bool write(u32 offset, u32 value);
    /// Registers of priorities are written byte by byte.
    static bool has_priorities(u32 offset);

private:
    u32 icsr() const;
    u32 shcsr() const;
    void write_shcsr(u32 value);

    Exceptions& exceptions_;
};

} // namespace tinysim
