#pragma once

#include "../registers.hpp"

namespace tinysim::otg {

enum Offset : u32 {
    gotgctl = 0x000,
    gotgint = 0x004,
    gahbcfg = 0x008,
    gusbcfg = 0x00C,
    grstctl = 0x010,
    gintsts = 0x014,
    gintmsk = 0x018,
    gccfg = 0x038,
    hprt = 0x440,
    dctl = 0x804,
    dsts = 0x808,
    diepmsk = 0x810,
    doepmsk = 0x814,
    daint = 0x818,
    daintmsk = 0x81C,
    in_endpoint = 0x900,  ///< DIEPCTLx, DIEPINTx, DIEPTSIZx, DTXFSTSx
    out_endpoint = 0xB00, ///< DOEPCTLx, DOEPINTx, DOEPTSIZx
    pcgcctl = 0xE00,
};

enum EndpointOffset : u32 { control = 0x00, interrupt = 0x08, transfer = 0x10, fifo_state = 0x18 };

inline constexpr u32 endpoints = 6, endpoint_size = 0x20, channels = 12;

RegisterMap registers();

} // namespace tinysim::otg
