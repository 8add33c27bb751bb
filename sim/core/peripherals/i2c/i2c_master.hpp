#pragma once

#include "../bus_master.hpp"
#include "../registry.hpp"

namespace tinysim {

/// The chip's side of a transfer that somebody else has begun on its I2C bus.
class I2cSlave {
public:
    virtual ~I2cSlave() = default;
    /// An address of 7 bits was sent, after a start or a repeated one; whether it is acknowledged.
    virtual bool addressed(u8 address, bool reads) = 0;
    /// Whether it holds the clock after its address, which the firmware has not looked at yet.
    virtual bool holds_address() const = 0;
    /// Whether it does before a byte that it has not got yet, or after one that it has no room for.
    virtual bool holds_byte() const = 0;
    /// A byte for it; whether it is acknowledged.
    virtual bool hear(u8 byte) = 0;
    /// A byte of its own, and whether the master acknowledges it.
    virtual u8 say() = 0;
    virtual void answered(bool acknowledged) = 0;
    virtual void stopped() = 0;
};

/// A master on the chip's I2C bus, at `rate` Hz.
class I2cMaster final : public BusMaster {
public:
    /// `start` with the address and the direction as they are sent; of `read` the low bit says
    /// whether it is the last. Results: `read` with the byte, `refused`, and `stop` at each end.
    enum Operation : u32 { start = 0x100, write = 0x200, read = 0x300, stop = 0x400 };
    enum Result : u32 { got = 0x100, refused = 0x200, ended = 0x400 };

    explicit I2cMaster(const Site& site);
    void serve(I2cSlave& slave) { slave_ = &slave; }

protected:
    void fields(State& state) override {
        BusMaster::fields(state);
        if (state.resets() == Reset::power_on)
            called_ = false;
        state.outside(called_);
        state.outside(byte_);
    }
    bool can_begin(u32 operation) override;
    bool can_end(u32 operation) override;
    u64 begin(u32 operation) override;
    void end(u32 operation) override;

private:
    void refuse();

    const u64 rate_;
    I2cSlave* slave_ = nullptr;
    bool called_ = false; ///< the chip has acknowledged its address
    u8 byte_ = 0;         ///< that the chip sends
};

} // namespace tinysim
