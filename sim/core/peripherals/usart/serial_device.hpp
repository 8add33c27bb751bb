#pragma once

#include "../peripheral.hpp"

namespace tinysim {

/// What is on the other end of a serial port's lines.
class SerialDevice : public Peripheral {
public:
    using Peripheral::Peripheral;
    u32 read(u32) final { return 0; }
    void write(u32, u32) final {}

    /// The port has sent a byte; what it answers.
    virtual std::string hear(u8 byte) = 0;
};

} // namespace tinysim
