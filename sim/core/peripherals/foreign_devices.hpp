#pragma once

#include "i2c/i2c_device.hpp"
#include "spi/spi_device.hpp"
#include "usart/serial_device.hpp"

#include <functional>

namespace tinysim {

/// What every device that is not written here is asked.
struct ForeignLife {
    std::function<void()> power_on;
    std::function<std::string()> save;
    std::function<void(const std::string&)> load;

    void fields(State& state) const {
        if (state.resets() == Reset::power_on)
            power_on();
        std::string bytes = state.saves() ? save() : std::string{};
        state.outside(bytes);
        if (state.loads())
            load(bytes);
    }
};

/// A device on an I2C bus whose behaviour is somebody else's.
class ForeignI2c final : public I2cDevice {
public:
    struct Calls {
        std::function<bool(bool)> start;
        std::function<bool(u8)> write;
        std::function<u8()> read;
        std::function<void()> stop;
    };
    ForeignI2c(std::string name, Surroundings& around, Calls calls, ForeignLife life)
        : I2cDevice(std::move(name), around), calls_(std::move(calls)), life_(std::move(life)) {}
    bool begin(bool reads) override { return calls_.start(reads); }
    bool take(u8 byte) override { return calls_.write(byte); }
    u8 give() override { return calls_.read(); }
    void end() override { calls_.stop(); }

protected:
    void fields(State& state) override { life_.fields(state); }

private:
    Calls calls_;
    ForeignLife life_;
};

/// The same on an SPI bus.
class ForeignSpi final : public SpiDevice {
public:
    struct Calls {
        std::function<void(bool)> select;
        std::function<u32(u32, u32)> exchange;
    };
    ForeignSpi(std::string name, Surroundings& around, Calls calls, ForeignLife life)
        : SpiDevice(std::move(name), around), calls_(std::move(calls)), life_(std::move(life)) {}
    void select(bool selected) override { calls_.select(selected); }
    u32 exchange(u32 frame, u32 bits) override { return calls_.exchange(frame, bits); }

protected:
    void fields(State& state) override {
        SpiDevice::fields(state);
        life_.fields(state);
    }

private:
    Calls calls_;
    ForeignLife life_;
};

/// The same on a serial port's lines.
class ForeignSerial final : public SerialDevice {
public:
    using Answer = std::function<std::string(u8)>;
    ForeignSerial(std::string name, Surroundings& around, Answer answer, ForeignLife life)
        : SerialDevice(std::move(name), around), answer_(std::move(answer)),
          life_(std::move(life)) {}
    std::string hear(u8 byte) override { return answer_(byte); }

protected:
    void fields(State& state) override { life_.fields(state); }

private:
    Answer answer_;
    ForeignLife life_;
};

} // namespace tinysim
