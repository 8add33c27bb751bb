#pragma once

#include "../registers.hpp"

namespace tinysim::usart {

/// Register offsets (RM0432 50.8).
enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    cr3 = 0x08,
    brr = 0x0C,
    rtor = 0x14,
    rqr = 0x18,
    isr = 0x1C,
    icr = 0x20,
    rdr = 0x24,
    tdr = 0x28,
    presc = 0x2C,
};

inline constexpr u32 cr1_ue = 1u << 0;
inline constexpr u32 cr1_uesm = 1u << 1;
inline constexpr u32 cr1_re = 1u << 2;
inline constexpr u32 cr1_te = 1u << 3;
inline constexpr u32 cr1_idleie = 1u << 4;
inline constexpr u32 cr1_rxneie = 1u << 5;
inline constexpr u32 cr1_tcie = 1u << 6;
inline constexpr u32 cr1_txeie = 1u << 7;
inline constexpr u32 cr1_m0 = 1u << 12;
inline constexpr u32 cr1_cmie = 1u << 14;
inline constexpr u32 cr1_over8 = 1u << 15;
inline constexpr u32 cr1_rtoie = 1u << 26;
inline constexpr u32 cr1_m1 = 1u << 28;
inline constexpr u32 cr1_fifoen = 1u << 29;
inline constexpr u32 cr1_txfeie = 1u << 30;
inline constexpr u32 cr1_rxffie = 1u << 31;
inline constexpr u32 cr2_clken = 1u << 11;
inline constexpr u32 cr2_datainv = 1u << 18;
inline constexpr u32 cr2_msbfirst = 1u << 19;
inline constexpr u32 cr2_abren = 1u << 20;
inline constexpr u32 cr2_rtoen = 1u << 23;
inline constexpr u32 cr3_eie = 1u << 0;
inline constexpr u32 cr3_hdsel = 1u << 3;
inline constexpr u32 cr3_ovrdis = 1u << 12;
inline constexpr u32 cr3_wufie = 1u << 22;
inline constexpr u32 cr3_dmar = 1u << 6;
inline constexpr u32 cr3_dmat = 1u << 7;
inline constexpr u32 cr3_txftie = 1u << 23;
inline constexpr u32 cr3_rxftie = 1u << 28;
inline constexpr u32 isr_ore = 1u << 3;
inline constexpr u32 isr_idle = 1u << 4;
inline constexpr u32 isr_rxne = 1u << 5;
inline constexpr u32 isr_tc = 1u << 6;
inline constexpr u32 isr_txe = 1u << 7;
inline constexpr u32 isr_rtof = 1u << 11;
inline constexpr u32 isr_abrf = 1u << 15;
inline constexpr u32 isr_cmf = 1u << 17;
inline constexpr u32 isr_wuf = 1u << 20;
inline constexpr u32 isr_teack = 1u << 21;
inline constexpr u32 isr_reack = 1u << 22;
inline constexpr u32 isr_txfe = 1u << 23;
inline constexpr u32 isr_rxff = 1u << 24;
inline constexpr u32 isr_rxft = 1u << 26;
inline constexpr u32 isr_txft = 1u << 27;
inline constexpr u32 rqr_abrrq = 1u << 0;
inline constexpr u32 rqr_rxfrq = 1u << 3;
inline constexpr u32 rqr_txfrq = 1u << 4;
inline constexpr u32 icr_tccf = 1u << 6;

RegisterMap registers(bool low_power);

} // namespace tinysim::usart
