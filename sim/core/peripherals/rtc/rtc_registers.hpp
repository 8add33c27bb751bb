#pragma once

#include "../registers.hpp"

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

inline constexpr u32 cr_tsedge = 1u << 3;
inline constexpr u32 cr_fmt = 1u << 6;
inline constexpr u32 cr_alrae = 1u << 8;
inline constexpr u32 cr_wute = 1u << 10;
inline constexpr u32 cr_tse = 1u << 11;
inline constexpr u32 cr_alraie = 1u << 12;
inline constexpr u32 cr_wutie = 1u << 14;
inline constexpr u32 cr_tsie = 1u << 15;
inline constexpr u32 cr_add1h = 1u << 16;
inline constexpr u32 cr_sub1h = 1u << 17;
inline constexpr u32 isr_alrawf = 1u << 0;
inline constexpr u32 isr_wutwf = 1u << 2;
inline constexpr u32 isr_inits = 1u << 4;
inline constexpr u32 isr_rsf = 1u << 5;
inline constexpr u32 isr_initf = 1u << 6;
inline constexpr u32 isr_init = 1u << 7;
inline constexpr u32 isr_alraf = 1u << 8;
inline constexpr u32 isr_wutf = 1u << 10;
inline constexpr u32 isr_tsf = 1u << 11;
inline constexpr u32 isr_tsovf = 1u << 12;
inline constexpr u32 isr_tamp1f = 1u << 13;
inline constexpr u32 tampcr_tampie = 1u << 2;
inline constexpr u32 tampcr_tampts = 1u << 7;
inline constexpr u32 shiftr_add1s = 1u << 31;

RegisterMap registers();

} // namespace tinysim::rtc
