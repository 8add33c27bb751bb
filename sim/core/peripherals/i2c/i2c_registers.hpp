#pragma once

#include "../registers.hpp"

namespace tinysim::i2c {

/// Register offsets (RM0432 49.7).
enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    oar1 = 0x08,
    oar2 = 0x0C,
    timingr = 0x10,
    isr = 0x18,
    icr = 0x1C,
    rxdr = 0x24,
    txdr = 0x28,
};

inline constexpr u32 cr1_pe = 1u << 0;
inline constexpr u32 cr1_txie = 1u << 1;
inline constexpr u32 cr1_rxie = 1u << 2;
inline constexpr u32 cr1_addrie = 1u << 3;
inline constexpr u32 cr1_nackie = 1u << 4;
inline constexpr u32 cr1_stopie = 1u << 5;
inline constexpr u32 cr1_tcie = 1u << 6;
inline constexpr u32 cr1_errie = 1u << 7;
inline constexpr u32 cr1_txdmaen = 1u << 14;
inline constexpr u32 cr1_rxdmaen = 1u << 15;
inline constexpr u32 cr1_nostretch = 1u << 17;
inline constexpr u32 cr1_gcen = 1u << 19;
inline constexpr u32 cr2_rd_wrn = 1u << 10;
inline constexpr u32 cr2_add10 = 1u << 11;
inline constexpr u32 cr2_head10r = 1u << 12;
inline constexpr u32 cr2_start = 1u << 13;
inline constexpr u32 cr2_stop = 1u << 14;
inline constexpr u32 cr2_nack = 1u << 15;
inline constexpr u32 cr2_reload = 1u << 24;
inline constexpr u32 cr2_autoend = 1u << 25;
inline constexpr u32 isr_txe = 1u << 0;
inline constexpr u32 isr_txis = 1u << 1;
inline constexpr u32 isr_rxne = 1u << 2;
inline constexpr u32 isr_addr = 1u << 3;
inline constexpr u32 isr_nackf = 1u << 4;
inline constexpr u32 isr_stopf = 1u << 5;
inline constexpr u32 isr_tc = 1u << 6;
inline constexpr u32 isr_tcr = 1u << 7;
inline constexpr u32 isr_ovr = 1u << 10;
inline constexpr u32 isr_busy = 1u << 15;
inline constexpr u32 isr_dir = 1u << 16;
inline constexpr u32 isr_addcode = 0x7Fu << 17;

RegisterMap registers();

} // namespace tinysim::i2c
