#pragma once

#include "../registers.hpp"

namespace tinysim::timer {

/// Register offsets (RM0432 38.4.31).
enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    smcr = 0x08,
    dier = 0x0C,
    sr = 0x10,
    egr = 0x14,
    ccmr1 = 0x18,
    ccmr2 = 0x1C,
    ccer = 0x20,
    cnt = 0x24,
    psc = 0x28,
    arr = 0x2C,
    rcr = 0x30,
    ccr1 = 0x34,
    ccr4 = 0x40,
    bdtr = 0x44,
    dcr = 0x48,
    dmar = 0x4C,
    or1 = 0x50,
    ccmr3 = 0x54,
    ccr5 = 0x58,
    ccr6 = 0x5C,
};

inline constexpr u32 cr1_cen = 1u << 0;
inline constexpr u32 cr1_udis = 1u << 1;
inline constexpr u32 cr1_urs = 1u << 2;
inline constexpr u32 cr1_opm = 1u << 3;
inline constexpr u32 cr1_dir = 1u << 4;
inline constexpr u32 cr1_cms = 3u << 5;
inline constexpr u32 cr1_arpe = 1u << 7;
inline constexpr u32 cr1_uifremap = 1u << 11;
inline constexpr u32 cr2_ccpc = 1u << 0;
inline constexpr u32 cr2_ccus = 1u << 2;
inline constexpr u32 cr2_ti1s = 1u << 7;
inline constexpr u32 smcr_ece = 1u << 14;
inline constexpr u32 smcr_etp = 1u << 15;
inline constexpr u32 flag_update = 1u << 0; // of DIER, SR and EGR
inline constexpr u32 flag_cc1 = 1u << 1;
inline constexpr u32 flag_com = 1u << 5;
inline constexpr u32 flag_trigger = 1u << 6;
inline constexpr u32 flag_break = 1u << 7;
inline constexpr u32 flag_break2 = 1u << 8; ///< of SR and EGR
inline constexpr u32 sr_cc1of = 1u << 9;
inline constexpr u32 dier_ude = 1u << 8;
inline constexpr u32 dier_cc1de = 1u << 9;
inline constexpr u32 dier_comde = 1u << 13;
inline constexpr u32 dier_tde = 1u << 14;
inline constexpr u32 bdtr_ossi = 1u << 10;
inline constexpr u32 bdtr_ossr = 1u << 11;
inline constexpr u32 bdtr_bke = 1u << 12;
inline constexpr u32 bdtr_bkp = 1u << 13;
inline constexpr u32 bdtr_aoe = 1u << 14;
inline constexpr u32 bdtr_moe = 1u << 15;
inline constexpr u32 bdtr_bk2e = 1u << 24;
inline constexpr u32 bdtr_bk2p = 1u << 25;

enum Slave : u32 {
    slave_off = 0,
    encoder1 = 1,
    encoder3 = 3,
    slave_reset = 4,
    slave_gated = 5,
    slave_trigger = 6,
    external_clock = 7,
    slave_reset_trigger = 8,
};

/// The registers of a timer with so many channels; `limit` is its largest count.
RegisterMap registers(u32 limit, unsigned channels, bool has_break);

} // namespace tinysim::timer
