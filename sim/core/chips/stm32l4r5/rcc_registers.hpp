#pragma once

#include "../../peripherals/registers.hpp"

namespace tinysim::rcc {

/// Register offsets (RM0432 6.4.34).
enum Offset : u32 {
    cr = 0x00,
    icscr = 0x04,
    cfgr = 0x08,
    pllcfgr = 0x0C,
    pllsai1cfgr = 0x10,
    pllsai2cfgr = 0x14,
    cier = 0x18,
    cifr = 0x1C,
    cicr = 0x20,
    ccipr = 0x88,
    bdcr = 0x90,
    csr = 0x94,
    crrcr = 0x98,
    ccipr2 = 0x9C,
};

RegisterMap registers();

} // namespace tinysim::rcc
