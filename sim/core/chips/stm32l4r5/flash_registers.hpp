#pragma once

#include "../../peripherals/registers.hpp"

namespace tinysim::flash {

/// Register offsets (RM0432 3.7).
enum Offset : u32 {
    acr = 0x00,
    keyr = 0x08,
    optkeyr = 0x0C,
    sr = 0x10,
    cr = 0x14,
    optr = 0x20,
    pcrop1sr = 0x24,
    pcrop1er = 0x28,
    wrp1ar = 0x2C,
    wrp1br = 0x30,
    pcrop2sr = 0x44,
    pcrop2er = 0x48,
    wrp2ar = 0x4C,
    wrp2br = 0x50,
};

RegisterMap registers();
/// What a register that is loaded from option bytes has when the chip leaves the factory.
u32 from_factory(u32 offset);

} // namespace tinysim::flash
