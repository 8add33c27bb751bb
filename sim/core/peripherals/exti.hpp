#pragma once

#include "stored.hpp"

namespace tinysim {

/// Extended interrupts and events (RM0432 section 16), lines 0 to 31. Output n is line n.
class Exti final : public Stored<0x400> {
public:
    using Stored::Stored;
    void reset() override {
        clear();
        at(imr1) = 0xFF820000;
    }
    void write(u32 offset, u32 value) override {
        if (offset == pr1) {
            const u32 cleared = at(pr1) & value;
            at(pr1) &= ~value;
            drive_lines(cleared, false);
        } else if (offset == swier1) {
            at(swier1) = value;
            raise(value & at(imr1));
        } else {
            at(offset) = value;
        }
    }
    void input(int line, bool level) override {
        const u32 mask = 1u << line;
        if ((at(level ? rtsr1 : ftsr1) & mask) != 0)
            raise(mask & at(imr1));
    }

protected:
    u32 merge_base(u32 offset) override { return offset == pr1 ? 0 : at(offset); }

private:
    enum Offset : u32 { imr1 = 0x00, rtsr1 = 0x08, ftsr1 = 0x0C, swier1 = 0x10, pr1 = 0x14 };
    void raise(u32 lines) {
        at(pr1) |= lines;
        drive_lines(lines, true);
    }
    void drive_lines(u32 lines, bool level) {
        for (int line = 0; line < 32; ++line)
            if ((lines >> line & 1) != 0)
                drive(line, level);
    }
};

/// System configuration (RM0432 section 9): which port drives each of EXTI lines 0 to 15.
/// Input 16 * port + pin is that pin's level; output n goes to line n.
class Syscfg final : public Stored<0x400> {
public:
    using Stored::Stored;
    void reset() override {
        clear();
        at(0x04) = 0x7C000001; // CFGR1
    }
    void input(int line, bool level) override {
        const u32 port = static_cast<u32>(line) / 16;
        const u32 pin = static_cast<u32>(line) % 16;
        const u32 exticr = at(0x08 + pin / 4 * 4);
        if ((exticr >> 4 * (pin % 4) & 15) == port)
            drive(static_cast<int>(pin), level);
    }
};

/// Several lines on one interrupt: its output is high while any input is.
class CombinedInput final : public Peripheral {
public:
    using Peripheral::Peripheral;
    void reset() override { high_ = 0; }
    u32 read(u32) override { return 0; }
    void write(u32, u32) override {}
    void input(int line, bool level) override {
        high_ = (high_ & ~(1u << line)) | (level ? 1u << line : 0);
        drive(0, high_ != 0);
    }
    void save(Writer& out) const override { out(high_); }
    void load(Reader& in) override { in(high_); }

private:
    u32 high_ = 0;
};

} // namespace tinysim
