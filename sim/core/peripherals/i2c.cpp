#include "i2c_device.hpp"
#include "register_block.hpp"
#include "registry.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    timingr = 0x10,
    isr = 0x18,
    icr = 0x1C,
    rxdr = 0x24,
    txdr = 0x28,
};

constexpr u32 cr1_pe = 1u << 0;
constexpr u32 cr1_txie = 1u << 1;
constexpr u32 cr1_rxie = 1u << 2;
constexpr u32 cr1_nackie = 1u << 4;
constexpr u32 cr1_stopie = 1u << 5;
constexpr u32 cr1_tcie = 1u << 6;
constexpr u32 cr1_txdmaen = 1u << 14;
constexpr u32 cr1_rxdmaen = 1u << 15;
constexpr u32 cr2_rd_wrn = 1u << 10;
constexpr u32 cr2_start = 1u << 13;
constexpr u32 cr2_stop = 1u << 14;
constexpr u32 cr2_reload = 1u << 24;
constexpr u32 cr2_autoend = 1u << 25;
constexpr u32 isr_txe = 1u << 0;
constexpr u32 isr_txis = 1u << 1;
constexpr u32 isr_rxne = 1u << 2;
constexpr u32 isr_nackf = 1u << 4;
constexpr u32 isr_stopf = 1u << 5;
constexpr u32 isr_tc = 1u << 6;
constexpr u32 isr_tcr = 1u << 7;
constexpr u32 isr_busy = 1u << 15;

constexpr u32 byte_bits = 9; ///< with its acknowledgement

RegisterMap registers() {
    return {
        {0x00,
         "CR1",
         0,
         {{"PE", 0},
          {"TXIE", 1},
          {"RXIE", 2},
          {"ADDRIE", 3, stored},
          {"NACKIE", 4},
          {"STOPIE", 5},
          {"TCIE", 6},
          {"ERRIE", 7, stored},
          {"DNF", 11, 8, stored},
          {"ANFOFF", 12, stored},
          {"TXDMAEN", 14},
          {"RXDMAEN", 15},
          {"SBC", 16, unmodelled},
          {"NOSTRETCH", 17, stored},
          {"WUPEN", 18, unmodelled},
          {"GCEN", 19, unmodelled},
          {"SMBHEN", 20, unmodelled},
          {"SMBDEN", 21, unmodelled},
          {"ALERTEN", 22, unmodelled},
          {"PECEN", 23, unmodelled}}},
        {0x04,
         "CR2",
         0,
         {{"SADD", 9, 0},
          {"RD_WRN", 10},
          {"ADD10", 11, unmodelled},
          {"HEAD10R", 12, stored},
          {"START", 13},
          {"STOP", 14, order},
          {"NACK", 15, stored},
          {"NBYTES", 23, 16},
          {"RELOAD", 24},
          {"AUTOEND", 25},
          {"PECBYTE", 26, unmodelled}}},
        {0x08, "OAR1", 0, {{"OA1", 9, 0, stored}, {"OA1MODE", 10, stored}, {"OA1EN", 15, stored}}},
        {0x0C,
         "OAR2",
         0,
         {{"OA2", 7, 1, stored}, {"OA2MSK", 10, 8, stored}, {"OA2EN", 15, stored}}},
        {0x10, "TIMINGR"},
        {0x14,
         "TIMEOUTR",
         0,
         {{"TIMEOUTA", 11, 0, stored},
          {"TIDLE", 12, stored},
          {"TIMOUTEN", 15, unmodelled},
          {"TIMEOUTB", 27, 16, stored},
          {"TEXTEN", 31, unmodelled}}},
        {0x18, "ISR", 1, status},
        {0x1C, "ICR", 0, order},
        {0x20, "PECR", 0, status, 8},
        {0x24, "RXDR", 0, status, 8},
        {0x28, "TXDR", 0, modelled, 8},
    };
}

/// I2C as a master (RM0432 section 49) on a bus of devices. Nobody calls it as a slave. Outputs:
/// event and error interrupts, DMA requests to receive and to send.
class I2c final : public RegisterBlock {
public:
    explicit I2c(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}

    bool attach(Peripheral& device, u32 address) override {
        auto* const target = dynamic_cast<I2cDevice*>(&device);
        if (target)
            devices_[address & 0x7F] = target;
        return target != nullptr;
    }
    bool is_volatile(u32 offset) const override { return offset == rxdr; }
    int output(const std::string& wire) const override {
        return wire == "error" ? 1 : wire == "dma_rx" ? 2 : wire == "dma_tx" ? 3 : 0;
    }
    void on_due() override;

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void after_reset() override { update(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(phase_);
        state(left_);
    }

private:
    enum class Phase : u8 { idle, address, wants_byte, sends, receives, holds_byte, pauses };

    bool is_reading() const { return has(cr2, cr2_rd_wrn); }
    I2cDevice* device() const {
        const auto found = devices_.find(at(cr2) >> 1 & 0x7F);
        return found == devices_.end() ? nullptr : found->second;
    }
    /// SCL's period: the low and high parts with their synchronisation (RM0432 49.4.5).
    Cycles bits_take(u32 bits) const {
        const u32 t = at(timingr);
        const u64 periods = u64{(t & 0xFF) + (t >> 8 & 0xFF) + 2} * ((t >> 28) + 1) + 4;
        const u64 clock = std::max(clocks_.i2c_clock(name), 1u);
        return std::max<Cycles>(periods * bits * clocks_.hclk() / clock, 1);
    }
    void go(Phase phase) {
        phase_ = phase;
        if (phase != Phase::address)
            at(cr2) &= ~cr2_start;
        const bool moves =
            phase == Phase::address || phase == Phase::sends || phase == Phase::receives;
        schedule(moves ? around.now() + bits_take(byte_bits) : never);
    }
    void next_byte();
    void stop();
    void update();

    const Clocks& clocks_;
    std::map<u32, I2cDevice*> devices_;
    Phase phase_ = Phase::idle;
    u32 left_ = 0; ///< bytes of NBYTES
};

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

u32 I2c::reading(u32 offset) {
    if (offset == rxdr && has(isr, isr_rxne)) {
        at(isr) &= ~isr_rxne;
        if (phase_ == Phase::holds_byte)
            next_byte();
        update();
    }
    return at(offset);
}

bool I2c::writing(u32 offset, u32& value) {
    // START stays until the address is sent.
    if (offset == cr2)
        value = has(cr1, cr1_pe) ? value | (at(cr2) & cr2_start) : value & ~cr2_start;
    return offset != txdr || has(cr1, cr1_pe);
}

void I2c::written(u32 offset, u32 value) {
    switch (offset) {
    case cr1:
        if (!has(cr1, cr1_pe)) {
            at(isr) = isr_txe;
            go(Phase::idle);
        }
        break;
    case cr2:
        if (!has(cr1, cr1_pe))
            break;
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
        break;
    case icr:
        at(isr) &= ~(value & 0x3F38);
        break;
    case txdr:
        if (phase_ == Phase::wants_byte) {
            at(isr) &= ~(isr_txis | isr_txe);
            go(Phase::sends);
        }
        break;
    default:
        break;
    }
    update();
}

void I2c::update() {
    const auto asks = [this](u32 flags, u32 enable) { return has(isr, flags) && has(cr1, enable); };
    drive(0, asks(isr_txis, cr1_txie) || asks(isr_rxne, cr1_rxie) || asks(isr_nackf, cr1_nackie) ||
                 asks(isr_stopf, cr1_stopie) || asks(isr_tc | isr_tcr, cr1_tcie));
    drive(2, asks(isr_rxne, cr1_rxdmaen));
    drive(3, asks(isr_txis, cr1_txdmaen));
}

const Registered model{"I2C.STM32F7_I2C", make<I2c>};

} // namespace
} // namespace tinysim
