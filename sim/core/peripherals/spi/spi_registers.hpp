#pragma once

#include "../registers.hpp"

namespace tinysim::spi {

/// Register offsets (RM0432 section 52).
enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    sr = 0x08,
    dr = 0x0C,
    crcpr = 0x10,
    rxcrcr = 0x14,
    txcrcr = 0x18,
};

inline constexpr u32 cr1_mstr = 1u << 2;
inline constexpr u32 cr1_spe = 1u << 6;
inline constexpr u32 cr1_ssi = 1u << 8;
inline constexpr u32 cr1_ssm = 1u << 9;
inline constexpr u32 cr1_rxonly = 1u << 10;
inline constexpr u32 cr1_crcl = 1u << 11;
inline constexpr u32 cr1_crcnext = 1u << 12;
inline constexpr u32 cr1_crcen = 1u << 13;
inline constexpr u32 cr1_bidioe = 1u << 14;
inline constexpr u32 cr1_bidimode = 1u << 15;
inline constexpr u32 cr2_rxdmaen = 1u << 0;
inline constexpr u32 cr2_txdmaen = 1u << 1;
inline constexpr u32 cr2_errie = 1u << 5;
inline constexpr u32 cr2_rxneie = 1u << 6;
inline constexpr u32 cr2_txeie = 1u << 7;
inline constexpr u32 cr2_frxth = 1u << 12;
inline constexpr u32 sr_rxne = 1u << 0;
inline constexpr u32 sr_txe = 1u << 1;
inline constexpr u32 sr_crcerr = 1u << 4;
inline constexpr u32 sr_ovr = 1u << 6;
inline constexpr u32 sr_bsy = 1u << 7;

RegisterMap registers();

} // namespace tinysim::spi
