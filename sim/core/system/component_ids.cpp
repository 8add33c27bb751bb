#include "component_ids.hpp"

#include <array>

namespace tinysim {
namespace {

struct Identity {
    u32 designer; ///< JEP106: bank of continuation codes in bits 10-7, code in 6-0
    u32 part;
    u32 revision;
    u32 component_class; ///< 1 ROM table, 9 debug component, 14 generic
};

constexpr u32 arm = 4u << 7 | 0x3B;
constexpr u32 st = 0x20;

constexpr Identity identities[] = {
    {arm, 0x00C, 0, 14}, {arm, 0x002, 3, 14}, {arm, 0x003, 2, 14}, {arm, 0x001, 3, 14},
    {arm, 0x9A1, 0, 9},  {arm, 0x925, 0, 9},  {st, 0x470, 0, 1}, // RM0432 57.6.1: the part number
                                                                 // is the device's
};

} // namespace

u32 component_id(Component component, u32 offset) {
    const Identity& identity = identities[static_cast<unsigned>(component)];
    switch (offset) {
    case 0xFD0: // PIDR4
        return identity.designer >> 7;
    case 0xFE0: // PIDR0
        return identity.part & 0xFF;
    case 0xFE4:
        return (identity.designer & 15) << 4 | identity.part >> 8;
    case 0xFE8: // a JEDEC code
        return identity.revision << 4 | 1u << 3 | (identity.designer >> 4 & 7);
    case 0xFF0: // CIDR0
        return 0x0D;
    case 0xFF4:
        return identity.component_class << 4;
    case 0xFF8:
        return 0x05;
    case 0xFFC:
        return 0xB1;
    default:
        return 0;
    }
}

} // namespace tinysim
