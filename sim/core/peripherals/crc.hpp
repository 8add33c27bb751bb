#pragma once

#include "peripheral.hpp"

namespace tinysim {

/// CRC calculation unit (RM0432 section 17): polynomials of 7, 8, 16 and 32 bits.
class Crc final : public Peripheral {
public:
    using Peripheral::Peripheral;
    void reset() override;
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    void write_part(u32 offset, u32 value, unsigned size) override;
    void save(Writer& out) const override;
    void load(Reader& in) override;

private:
    unsigned width() const;
    void feed(u32 value, unsigned size);

    u32 value_ = 0xFFFFFFFF, idr_ = 0, cr_ = 0, init_ = 0xFFFFFFFF, pol_ = 0x04C11DB7;
};

/// Random number generator (RM0432 section 31): the same numbers in every run.
class Rng final : public Peripheral {
public:
    using Peripheral::Peripheral;
    void reset() override {
        cr_ = 0;
        state_ = 0x2545F491;
    }
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override {
        if (offset == 0x00)
            cr_ = value;
        drive(0, (cr_ & 0xC) == 0xC);
    }
    bool is_volatile(u32 offset) const override { return offset == 0x08; }
    void save(Writer& out) const override {
        out(cr_);
        out(state_);
    }
    void load(Reader& in) override {
        in(cr_);
        in(state_);
    }

private:
    u32 cr_ = 0;
    u32 state_ = 0x2545F491;
};

} // namespace tinysim
