#pragma once

#include "../registers.hpp"

namespace tinysim::adc {

/// Register offsets (RM0432 21.7).
enum Offset : u32 {
    isr = 0x00,
    ier = 0x04,
    cr = 0x08,
    cfgr = 0x0C,
    cfgr2 = 0x10,
    smpr1 = 0x14,
    smpr2 = 0x18,
    tr1 = 0x20,
    tr2 = 0x24,
    sqr1 = 0x30,
    dr = 0x40,
    jsqr = 0x4C,
    ofr1 = 0x60,
    jdr1 = 0x80,
    awd2cr = 0xA0,
    calfact = 0xB4,
    csr = 0x300,
    ccr = 0x308,
};

RegisterMap registers();

} // namespace tinysim::adc
