#include "i2c.hpp"

#include "i2c_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace i2c;

namespace {

constexpr u32 byte_bits = 9;    ///< with its acknowledgement
constexpr u32 ten_bits = 0x400; ///< tells an address of ten bits from one of seven

const Registered model{"I2C.STM32F7_I2C", make<I2c>};

} // namespace

I2c::I2c(const Site& site)
    : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}

bool I2c::attach(Peripheral& device, u32 address) {
    if (auto* const target = dynamic_cast<I2cDevice*>(&device)) {
        devices_[address > 0x7F ? ten_bits | (address & 0x3FF) : address] = target;
        return true;
    }
    auto* const master = dynamic_cast<I2cMaster*>(&device);
    if (master) {
        masters_.push_back(master);
        master->serve(*this);
    }
    return master != nullptr;
}

bool I2c::is_volatile(u32 offset) const { return offset == rxdr; }

bool I2c::is_reading() const { return has(cr2, cr2_rd_wrn); }

I2cDevice* I2c::device() const {
    const u32 address = has(cr2, cr2_add10) ? ten_bits | (at(cr2) & 0x3FF) : at(cr2) >> 1 & 0x7F;
    const auto found = devices_.find(address);
    return found == devices_.end() ? nullptr : found->second;
}

/// SCL's period: the low and high parts with their synchronisation (RM0432 49.4.5).
Cycles I2c::bits_take(u32 bits) const {
    const u32 t = at(timingr);
    const u64 periods = u64{(t & 0xFF) + (t >> 8 & 0xFF) + 2} * ((t >> 28) + 1) + 4;
    const u64 clock = std::max(clocks_.i2c_clock(name), 1u);
    return std::max<Cycles>(periods * bits * clocks_.hclk() / clock, 1);
}

/// Bytes until the data begin. To read from ten bits of address the master writes both bytes and
/// starts again with the first, or with HEAD10R sends that alone (RM0432 49.4.8).
u32 I2c::address_bytes() const {
    if (!has(cr2, cr2_add10))
        return 1;
    return !is_reading() ? 2 : has(cr2, cr2_head10r) ? 1 : 3;
}

void I2c::go(Phase phase) {
    phase_ = phase;
    if (phase != Phase::address)
        at(cr2) &= ~cr2_start;
    const bool moves = phase == Phase::address || phase == Phase::sends || phase == Phase::receives;
    const u32 bytes = phase == Phase::address ? address_bytes() : 1;
    schedule(moves ? around.now() + bits_take(bytes * byte_bits) : never);
}

void I2c::stop() {
    if (I2cDevice* const target = device())
        target->end();
    at(isr) = (at(isr) & ~(isr_busy | isr_tc | isr_tcr | isr_txis)) | isr_stopf;
    go(Phase::idle);
}

/// What comes after the address, or after a byte.
void I2c::next_byte() {
    if (left_ != 0) {
        if (!is_reading())
            at(isr) |= isr_txis;
        return go(is_reading() ? Phase::receives : Phase::wants_byte);
    }
    if (has(cr2, cr2_reload)) {
        at(isr) |= isr_tcr;
        return go(Phase::pauses);
    }
    if (has(cr2, cr2_autoend))
        return stop();
    at(isr) |= isr_tc;
    go(Phase::pauses);
}

void I2c::on_due() {
    I2cDevice* const target = device();
    switch (phase_) {
    case Phase::address:
        if (!target || !target->begin(is_reading())) {
            at(isr) |= isr_nackf;
            stop();
        } else {
            next_byte();
        }
        break;
    case Phase::sends:
        --left_;
        at(isr) |= isr_txe;
        if (!target || !target->take(static_cast<u8>(at(txdr)))) {
            at(isr) |= isr_nackf;
            stop();
        } else {
            next_byte();
        }
        break;
    case Phase::receives:
        --left_;
        at(rxdr) = target ? target->give() : 0xFF;
        at(isr) |= isr_rxne;
        go(Phase::holds_byte);
        break;
    default:
        schedule(never);
        break;
    }
    update();
}

/// CR2 has been written.
void I2c::command(u32 value) {
    if ((value & cr2_start) != 0 && phase_ != Phase::address) {
        left_ = at(cr2) >> 16 & 0xFF;
        at(isr) = (at(isr) & ~(isr_tc | isr_tcr)) | isr_busy;
        go(Phase::address);
    } else if (phase_ == Phase::pauses && has(isr, isr_tcr) && (at(cr2) >> 16 & 0xFF) != 0) {
        left_ = at(cr2) >> 16 & 0xFF;
        at(isr) &= ~isr_tcr;
        next_byte();
    }
    if ((value & cr2_stop) != 0 && phase_ != Phase::idle)
        stop();
}

u32 I2c::reading(u32 offset) {
    const u32 value = at(offset);
    if (offset == rxdr && has(isr, isr_rxne)) {
        at(isr) &= ~isr_rxne;
        if (phase_ == Phase::holds_byte)
            next_byte();
        let_masters_go();
        update();
    }
    return value;
}

bool I2c::writing(u32 offset, u32& value) {
    if (offset == cr2) { // START stays until the address is sent, NACK until it has been one
        const u32 stays = cr2_start | (role_ == Role::none ? 0 : cr2_nack);
        value = has(cr1, cr1_pe) ? value | (at(cr2) & stays) : value & ~cr2_start;
    }
    return offset != txdr || has(cr1, cr1_pe);
}

void I2c::written(u32 offset, u32 value) {
    switch (offset) {
    case cr1:
        if (!has(cr1, cr1_pe)) {
            at(isr) = isr_txe;
            go(Phase::idle);
            leave();
        }
        break;
    case cr2:
        if (has(cr1, cr1_pe))
            command(value);
        break;
    case isr: // flushes TXDR
        at(isr) |= value & isr_txe;
        break;
    case icr: {
        const bool held = holds_address();
        at(isr) &= ~(value & 0x3F38);
        if (held && !holds_address()) {
            want_byte();
            let_masters_go();
        }
        break;
    }
    case txdr:
        if (phase_ == Phase::wants_byte) {
            at(isr) &= ~(isr_txis | isr_txe);
            go(Phase::sends);
        } else if (phase_ == Phase::idle) {
            at(isr) &= ~(isr_txis | isr_txe);
            let_masters_go();
        }
        break;
    default:
        break;
    }
    update();
}

void I2c::update() {
    const auto asks = [this](u32 flags, u32 enable) { return has(isr, flags) && has(cr1, enable); };
    drive(0, asks(isr_txis, cr1_txie) || asks(isr_rxne, cr1_rxie) || asks(isr_addr, cr1_addrie) ||
                 asks(isr_nackf, cr1_nackie) || asks(isr_stopf, cr1_stopie) ||
                 asks(isr_tc | isr_tcr, cr1_tcie));
    drive(1, asks(isr_ovr, cr1_errie));
    drive(2, asks(isr_rxne, cr1_rxdmaen));
    drive(3, asks(isr_txis, cr1_txdmaen));
}

void I2c::fields(State& state) {
    RegisterBlock::fields(state);
    state(phase_);
    state(left_);
    state(role_);
}

} // namespace tinysim
