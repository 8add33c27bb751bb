#pragma once

#include "../registers.hpp"

namespace tinysim::can {

enum Offset : u32 {
    mcr = 0x000,
    msr = 0x004,
    tsr = 0x008,
    rf0r = 0x00C,
    rf1r = 0x010,
    ier = 0x014,
    esr = 0x018,
    btr = 0x01C,
    first_mailbox = 0x180, ///< TIxR, TDTxR, TDLxR, TDHxR
    first_fifo = 0x1B0,    ///< RIxR, RDTxR, RDLxR, RDHxR
    fmr = 0x200,
    fm1r = 0x204,
    fs1r = 0x20C,
    ffa1r = 0x214,
    fa1r = 0x21C,
    first_filter = 0x240,
};

inline constexpr u32 mailboxes = 3, fifos = 2, filters = 14, mailbox_size = 0x10, filter_size = 8;

RegisterMap registers();

} // namespace tinysim::can
