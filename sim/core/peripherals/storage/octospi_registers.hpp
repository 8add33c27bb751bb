#pragma once

#include "../registers.hpp"

namespace tinysim::octospi {

enum Offset : u32 {
    cr = 0x000,
    dcr1 = 0x008,
    dcr2 = 0x00C,
    sr = 0x020,
    fcr = 0x024,
    dlr = 0x040,
    ar = 0x048,
    dr = 0x050,
    psmkr = 0x080,
    psmar = 0x088,
    pir = 0x090,
    ccr = 0x100,
    tcr = 0x108,
    ir = 0x110,
    wccr = 0x180,
    wtcr = 0x188,
    wir = 0x190,
};

RegisterMap registers();

} // namespace tinysim::octospi
