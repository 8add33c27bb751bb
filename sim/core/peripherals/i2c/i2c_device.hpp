#pragma once

#include "../peripheral.hpp"

namespace tinysim {

/// What sits on an I2C bus and is addressed by a master.
class I2cDevice : public Peripheral {
public:
    using Peripheral::Peripheral;
    u32 read(u32) final { return 0; }
    void write(u32, u32) final {}

    /// Its address was sent; false: no acknowledgement.
    virtual bool begin(bool reads) = 0;
    /// A byte from the master; false: no acknowledgement.
    virtual bool take(u8 byte) = 0;
    /// The next byte for the master.
    virtual u8 give() = 0;
    virtual void end() {}
};

} // namespace tinysim
