#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"
#include "i2c_device.hpp"
#include "i2c_master.hpp"

#include <vector>

namespace tinysim {

/// I2C (RM0432 section 49): a master on a bus of devices, and a slave of masters that are not the
/// chip's. Outputs: event and error interrupts, DMA requests to receive and to send.
class I2c final : public RegisterBlock, public I2cSlave {
public:
    explicit I2c(const Site& site);

    bool attach(Peripheral& device, u32 address) override;
    bool is_volatile(u32 offset) const override;
    int output(const std::string& wire) const override {
        return wire == "error" ? 1 : wire == "dma_rx" ? 2 : wire == "dma_tx" ? 3 : 0;
    }
    void on_due() override;

    bool addressed(u8 address, bool reads) override;
    bool holds_address() const override;
    bool holds_byte() const override;
    bool hear(u8 byte) override;
    u8 say() override;
    void answered(bool acknowledged) override;
    void stopped() override;

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void after_reset() override {
        let_masters_go();
        update();
    }
    void fields(State& state) override;

private:
    enum class Phase : u8 { idle, address, wants_byte, sends, receives, holds_byte, pauses };
    enum class Role : u8 { none, receives, sends };

    // As a master.
    bool is_reading() const;
    I2cDevice* device() const;
    Cycles bits_take(u32 bits) const;
    u32 address_bytes() const;
    void go(Phase phase);
    void next_byte();
    void stop();
    void command(u32 value);

    // As a slave.
    bool is_called(u8 address, bool reads) const;
    bool stretches() const;
    void want_byte();
    void leave();
    void let_masters_go();

    void update();

    const Clocks& clocks_;
    std::map<u32, I2cDevice*> devices_;
    std::vector<I2cMaster*> masters_;
    Phase phase_ = Phase::idle;
    u32 left_ = 0; ///< bytes of NBYTES
    Role role_ = Role::none;
};

} // namespace tinysim
