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

inline constexpr u32 cr_pg = 1u << 0;
inline constexpr u32 cr_per = 1u << 1;
inline constexpr u32 cr_mer1 = 1u << 2;
inline constexpr u32 cr_bker = 1u << 11;
inline constexpr u32 cr_mer2 = 1u << 15;
inline constexpr u32 cr_strt = 1u << 16;
inline constexpr u32 cr_optstrt = 1u << 17;
inline constexpr u32 cr_fstpg = 1u << 18;
inline constexpr u32 cr_eopie = 1u << 24;
inline constexpr u32 cr_errie = 1u << 25;
inline constexpr u32 cr_rderrie = 1u << 26;
inline constexpr u32 cr_obl_launch = 1u << 27;
inline constexpr u32 cr_optlock = 1u << 30;
inline constexpr u32 cr_lock = 1u << 31;
inline constexpr u32 sr_eop = 1u << 0;
inline constexpr u32 sr_operr = 1u << 1;
inline constexpr u32 sr_progerr = 1u << 3;
inline constexpr u32 sr_wrperr = 1u << 4;
inline constexpr u32 sr_pgaerr = 1u << 5;
inline constexpr u32 sr_sizerr = 1u << 6;
inline constexpr u32 sr_pgserr = 1u << 7;
inline constexpr u32 sr_fasterr = 1u << 9;
inline constexpr u32 sr_rderr = 1u << 14;
inline constexpr u32 sr_bsy = 1u << 16;
inline constexpr u32 sr_errors = 0x3F8;
inline constexpr u32 optr_dbank = 1u << 22;

/// One-time programmable (RM0432 3.3.1).
inline constexpr u32 otp = 0x1FFF7000, otp_bytes = 0x400;

RegisterMap registers();
/// What a register that is loaded from option bytes has when the chip leaves the factory.
u32 from_factory(u32 offset);

} // namespace tinysim::flash
