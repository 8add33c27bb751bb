#include "debug.hpp"

#include "component_ids.hpp"

#include <iterator>

namespace tinysim {
namespace {

constexpr u32 tpiu = 0xE0040000;
constexpr u32 etm = 0xE0041000;
constexpr u32 dbgmcu = 0xE0042000;
constexpr u32 rom_table = 0xE00FF000;

/// Where the debug components lie, from the ROM table's own address (100166 2.3.4); bit 0: the
/// entry is present, bit 1: it is of 32 bits.
constexpr u32 rom_entries[] = {0xFFF0F003, 0xFFF02003, 0xFFF03003, 0xFFF01003,
                               0xFFF41003, 0xFFF42003, 0};

struct StoredRegister {
    u32 base, offset;
};

/// Four of each: CSPSR, ACPR, SPPR and FFCR; CR, APB1FZR1, APB1FZR2 and APB2FZR.
constexpr StoredRegister stored_registers[] = {{tpiu, 0x004},   {tpiu, 0x010},   {tpiu, 0x0F0},
                                               {tpiu, 0x304},   {dbgmcu, 0x004}, {dbgmcu, 0x008},
                                               {dbgmcu, 0x00C}, {dbgmcu, 0x010}};

u32 read_rom_table(u32 offset) {
    if (offset / 4 < std::size(rom_entries))
        return rom_entries[offset / 4];
    if (offset == 0xFCC)
        return 1; // MEMTYPE: system memory is on the same bus
    return component_id(Component::rom_table, offset);
}

u32 read_tpiu(u32 offset) {
    switch (offset) {
    case 0x000: // SSPSR: ports of 1 to 4 pins
        return 0xF;
    case 0x300: // FFSR.FtNonStop: the formatter does not stop
        return 1u << 3;
    case 0xFC8: // DEVID: SWO as UART and Manchester (100166 11.3)
        return 0xCA1;
    case 0xFCC: // DEVTYPE
        return 0x11;
    default:
        return component_id(Component::tpiu, offset);
    }
}

} // namespace

u32* DebugUnits::find(u32 offset) {
    for (std::size_t i = 0; i < std::size(stored_registers); ++i)
        if (stored_registers[i].base == base_ && stored_registers[i].offset == offset)
            return &stored_[i % most_stored];
    return nullptr;
}

void DebugUnits::write(u32 offset, u32 value) {
    if (u32* const stored = find(offset))
        *stored = value;
}

u32 DebugUnits::read(u32 offset) {
    if (const u32* const stored = find(offset))
        return *stored;
    switch (base_) {
    case tpiu:
        return read_tpiu(offset);
    case etm:
        return offset == 0xFCC ? 0x13 : component_id(Component::etm, offset);
    case dbgmcu:
        return offset == 0 ? 0x10036470 : 0; // RM0432: device 0x470, revision 0x1003
    case rom_table:
        return read_rom_table(offset);
    default:
        return 0;
    }
}

} // namespace tinysim
