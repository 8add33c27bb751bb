#include "i2c.hpp"
#include "i2c_registers.hpp"

namespace tinysim {

using namespace i2c;

/// Whether an address is one of its own: OA1, OA2 but for the bits that OA2MSK hides, or the
/// general call (RM0432 49.4.8).
bool I2c::is_called(u8 address, bool reads) const {
    if (has(oar1, 1u << 15) && (at(oar1) >> 1 & 0x7F) == address)
        return true;
    const u32 hidden = at(oar2) >> 8 & 7;
    const bool reserved = (address & 0x78) == 0 || (address & 0x78) == 0x78;
    if (has(oar2, 1u << 15) && ((at(oar2) >> 1 & 0x7F) ^ address) >> hidden == 0 &&
        !(hidden == 7 && reserved))
        return true;
    return has(cr1, cr1_gcen) && address == 0 && !reads;
}

bool I2c::stretches() const { return !has(cr1, cr1_nostretch); }

bool I2c::holds_address() const { return role_ != Role::none && stretches() && has(isr, isr_addr); }

bool I2c::holds_byte() const {
    if (role_ == Role::none || !stretches())
        return false;
    return role_ == Role::sends ? has(isr, isr_txe) : has(isr, isr_rxne);
}

/// TXIS: what is to be sent next is not there yet.
void I2c::want_byte() {
    if (role_ == Role::sends && has(isr, isr_txe))
        at(isr) |= isr_txis;
}

void I2c::leave() {
    role_ = Role::none;
    at(isr) &= ~isr_txis;
    at(cr2) &= ~cr2_nack;
    let_masters_go();
}

void I2c::let_masters_go() {
    for (I2cMaster* const master : masters_)
        master->resume();
}

bool I2c::addressed(u8 address, bool reads) {
    if (!has(cr1, cr1_pe))
        return false;
    at(isr) |= isr_busy;
    leave();
    if (!is_called(address, reads))
        return false;
    role_ = reads ? Role::sends : Role::receives;
    at(isr) = (at(isr) & ~(isr_dir | isr_addcode)) | isr_addr | (reads ? isr_dir : 0) |
              u32{address} << 17;
    if (!stretches())
        want_byte();
    update();
    return true;
}

bool I2c::hear(u8 byte) {
    if (role_ != Role::receives)
        return false;
    if (has(isr, isr_rxne)) { // without stretching: an overrun, and not acknowledged
        at(isr) |= isr_ovr;
        update();
        return false;
    }
    at(rxdr) = byte;
    at(isr) |= isr_rxne;
    const bool acknowledges = !has(cr2, cr2_nack);
    at(cr2) &= ~cr2_nack;
    update();
    return acknowledges;
}

u8 I2c::say() {
    if (role_ != Role::sends)
        return 0xFF;
    u8 byte = 0xFF;
    if (has(isr, isr_txe)) // without stretching: an underrun
        at(isr) |= isr_ovr;
    else
        byte = static_cast<u8>(at(txdr));
    at(isr) |= isr_txe;
    want_byte();
    update();
    return byte;
}

void I2c::answered(bool acknowledged) {
    if (role_ == Role::sends && !acknowledged)
        at(isr) = (at(isr) & ~isr_txis) | isr_nackf;
    update();
}

void I2c::stopped() {
    if (role_ != Role::none)
        at(isr) |= isr_stopf;
    at(isr) &= ~isr_busy;
    leave();
    update();
}

} // namespace tinysim
