#pragma once

#include "stored.hpp"

namespace tinysim {

/// Power control (RM0432 5.4). Voltage scaling takes effect at once.
class Pwr final : public Stored<0x400> {
public:
    using Stored::Stored;
    void reset() override {
        clear();
        at(cr1) = 0x200;
        at(cr5) = 0x100;
    }
    u32 read(u32 offset) override {
        // SR1 and SR2: nothing pends, VOSF and REGLPF are clear.
        return offset == sr1 || offset == sr2 || offset == scr ? 0 : at(offset);
    }

private:
    enum Offset : u32 { cr1 = 0x00, sr1 = 0x10, sr2 = 0x14, scr = 0x18, cr5 = 0x80 };
};

} // namespace tinysim
