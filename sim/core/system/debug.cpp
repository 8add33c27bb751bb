#include "debug.hpp"

#include "component_ids.hpp"

#include <iterator>

namespace tinysim {
namespace {

constexpr u32 itm = 0xE0000000;
constexpr u32 tpiu = 0xE0040000;
constexpr u32 etm = 0xE0041000;
constexpr u32 dbgmcu = 0xE0042000;
constexpr u32 rom_table = 0xE00FF000;

/// Where the debug components lie, from the ROM table's own address (100166 2.3.4); bit 0: the
/// entry is present, bit 1: it is of 32 bits.
constexpr u32 rom_entries[] = {0xFFF0F003, 0xFFF02003, 0xFFF03003, 0xFFF01003,
                               0xFFF41003, 0xFFF42003, 0};

u32 read_rom_table(u32 offset) {
    if (offset / 4 < std::size(rom_entries))
        return rom_entries[offset / 4];
    if (offset == 0xFCC)
        return 1; // MEMTYPE: system memory is on the same bus
    return component_id(Component::rom_table, offset);
}

} // namespace

u32 DebugUnits::read(u32 offset) {
    switch (base_) {
    case itm:
        return offset == 0 ? 1 : component_id(Component::itm, offset); // port 0 is ready for more
    case tpiu:
        return offset == 0xFCC ? 0x11 : component_id(Component::tpiu, offset); // DEVTYPE
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
