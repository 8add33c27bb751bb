#pragma once

#include "registers.hpp"

namespace tinysim::rtc {

/// Register offsets (RM0432 46.6).
enum Offset : u32 {
    tr = 0x00,
    dr = 0x04,
    cr = 0x08,
    isr = 0x0C,
    prer = 0x10,
    wutr = 0x14,
    alrmar = 0x1C,
    wpr = 0x24,
    ssr = 0x28,
    shiftr = 0x2C,
    tstr = 0x30,
    tsdr = 0x34,
    tsssr = 0x38,
    calr = 0x3C,
    tampcr = 0x40,
    alrmassr = 0x44,
    bkp0r = 0x50,
    bkp31r = 0xCC,
};

RegisterMap registers();

} // namespace tinysim::rtc
