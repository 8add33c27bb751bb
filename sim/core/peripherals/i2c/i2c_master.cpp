#include "i2c_master.hpp"

namespace tinysim {
namespace {

constexpr u64 ps_a_second = 1'000'000'000'000;
constexpr u32 kind_mask = 0x700;
constexpr u64 byte_bits = 9; ///< with its acknowledgement

const Registered model{"I2C.Master", make<I2cMaster>};

} // namespace

I2cMaster::I2cMaster(const Site& site)
    : BusMaster(site.name, site.around), rate_(site.number("rate", 100'000)) {
    if (rate_ == 0)
        throw CoreError(name + ": a rate above 0");
}

bool I2cMaster::can_begin(u32 operation) {
    if (!called_)
        return true;
    return !slave_->holds_address() && ((operation & kind_mask) != read || !slave_->holds_byte());
}

bool I2cMaster::can_end(u32 operation) {
    return !called_ || (operation & kind_mask) != write || !slave_->holds_byte();
}

u64 I2cMaster::begin(u32 operation) {
    if ((operation & kind_mask) == read) // goes into the chip's shift register now
        byte_ = called_ ? slave_->say() : 0xFF;
    return ps_a_second / rate_ * ((operation & kind_mask) == stop ? 1 : byte_bits);
}

/// Nobody acknowledges: what is left of the transfer is not done.
void I2cMaster::refuse() {
    note(refused);
    skip_until([](u32 operation) { return (operation & kind_mask) == stop; });
}

void I2cMaster::end(u32 operation) {
    const auto byte = static_cast<u8>(operation);
    switch (operation & kind_mask) {
    case start:
        called_ = slave_ && slave_->addressed(byte >> 1, (byte & 1) != 0);
        if (!called_)
            refuse();
        break;
    case write:
        if (!called_ || !slave_->hear(byte))
            refuse();
        break;
    case read:
        note(got | byte_);
        if (called_)
            slave_->answered((operation & 1) == 0);
        break;
    default:
        if (slave_)
            slave_->stopped();
        called_ = false;
        note(ended);
        break;
    }
}

} // namespace tinysim
