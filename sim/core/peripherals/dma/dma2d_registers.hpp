#pragma once

#include "../registers.hpp"

namespace tinysim::dma2d {

enum Offset : u32 {
    cr = 0x00,
    isr = 0x04,
    ifcr = 0x08,
    fgmar = 0x0C,
    fgor = 0x10,
    bgmar = 0x14,
    bgor = 0x18,
    fgpfccr = 0x1C,
    fgcolr = 0x20,
    bgpfccr = 0x24,
    bgcolr = 0x28,
    fgcmar = 0x2C,
    bgcmar = 0x30,
    opfccr = 0x34,
    ocolr = 0x38,
    omar = 0x3C,
    oor = 0x40,
    nlr = 0x44,
    lwr = 0x48,
    amtcr = 0x4C,
    fgclut = 0x400,
    bgclut = 0x800,
};

inline constexpr u32 clut_entries = 256;

RegisterMap registers();

} // namespace tinysim::dma2d
