#include "flash_registers.hpp"

#include <array>

namespace tinysim::flash {
namespace {

using enum Bits;

constexpr u32 unprotected = 0xFF00FFFF; ///< WRPxyR with its start behind its end

/// As they leave the factory (RM0432 3.4.1), from OPTR to WRP2BR.
constexpr std::array<u32, 13> factory = {0xFFEFF8AA, 0x1FFFF, 0, unprotected, unprotected, 0, 0, 0,
                                         0,          0x1FFFF, 0, unprotected, unprotected};

} // namespace

u32 from_factory(u32 offset) { return factory[(offset - optr) / 4]; }

RegisterMap registers() {
    return {
        {0x00,
         "ACR",
         0x600,
         {{"LATENCY", 3, 0},
          {"PRFTEN", 8},
          {"ICEN", 9},
          {"DCEN", 10},
          {"ICRST", 11},
          {"DCRST", 12},
          {"RUN_PD", 13, stored},
          {"SLEEP_PD", 14, stored}}},
        {0x04, "PDKEYR", 0, order},
        {0x08, "KEYR", 0, order},
        {0x0C, "OPTKEYR", 0, order},
        {0x10,
         "SR",
         0,
         {{"EOP", 0, clear_by_1},
          {"OPERR", 1, clear_by_1},
          {"PROGERR", 3, clear_by_1},
          {"WRPERR", 4, clear_by_1},
          {"PGAERR", 5, clear_by_1},
          {"SIZERR", 6, clear_by_1},
          {"PGSERR", 7, clear_by_1},
          {"MISERR", 8, clear_by_1},
          {"FASTERR", 9, clear_by_1},
          {"RDERR", 14, clear_by_1},
          {"OPTVERR", 15, clear_by_1},
          {"BSY", 16, status},
          {"PEMPTY", 17, status}}},
        {0x14,
         "CR",
         0xC0000000,
         {{"PG", 0},
          {"PER", 1},
          {"MER1", 2},
          {"PNB", 10, 3},
          {"BKER", 11},
          {"MER2", 15},
          {"STRT", 16, order},
          {"OPTSTRT", 17, order},
          {"FSTPG", 18},
          {"EOPIE", 24},
          {"ERRIE", 25},
          {"RDERRIE", 26},
          {"OBL_LAUNCH", 27, order},
          {"OPTLOCK", 30, status},
          {"LOCK", 31, status}}},
        {0x18,
         "ECCR",
         0,
         {{"ADDR_ECC", 20, 0, status},
          {"BK_ECC", 21, status},
          {"SYSF_ECC", 22, status},
          {"ECCIE", 24, stored},
          {"ECCC2", 28, clear_by_1},
          {"ECCD2", 29, clear_by_1},
          {"ECCC", 30, clear_by_1},
          {"ECCD", 31, clear_by_1}}},
        {0x20,
         "OPTR",
         from_factory(0x20),
         {{"RDP", 7, 0, stored},
          {"BOR_LEV", 10, 8, stored},
          {"nRST_STOP", 12},
          {"nRST_STDBY", 13},
          {"nRST_SHDW", 14},
          {"IWDG_SW", 16},
          {"IWDG_STOP", 17},
          {"IWDG_STDBY", 18},
          {"WWDG_SW", 19},
          {"BFB2", 20},
          {"DB1M", 21, stored},
          {"DBANK", 22},
          {"nBOOT1", 23, stored},
          {"SRAM2_PE", 24, stored},
          {"SRAM2_RST", 25},
          {"nSWBOOT0", 26, unmodelled},
          {"nBOOT0", 27, stored}}},
        {0x24, "PCROP1SR", from_factory(0x24), {{"PCROP1_STRT", 16, 0}}},
        {0x28, "PCROP1ER", from_factory(0x28), {{"PCROP1_END", 16, 0}, {"PCROP_RDP", 31, stored}}},
        {0x2C, "WRP1AR", from_factory(0x2C), {{"WRP1A_STRT", 7, 0}, {"WRP1A_END", 23, 16}}},
        {0x30, "WRP1BR", from_factory(0x30), {{"WRP1B_STRT", 7, 0}, {"WRP1B_END", 23, 16}}},
        {0x44, "PCROP2SR", from_factory(0x44), {{"PCROP2_STRT", 16, 0}}},
        {0x48, "PCROP2ER", from_factory(0x48), {{"PCROP2_END", 16, 0}}},
        {0x4C, "WRP2AR", from_factory(0x4C), {{"WRP2A_STRT", 7, 0}, {"WRP2A_END", 23, 16}}},
        {0x50, "WRP2BR", from_factory(0x50), {{"WRP2B_STRT", 7, 0}, {"WRP2B_END", 23, 16}}},
        {0x130, "CFGR", 0, {{"LVEN", 0, stored}}},
    };
}

} // namespace tinysim::flash
