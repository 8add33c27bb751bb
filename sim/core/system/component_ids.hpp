#pragma once

#include "../types.hpp"

namespace tinysim {

/// The units of the Cortex-M4's debug system that say what they are, and the chip's ROM table.
enum class Component { system_control, dwt, fpb, itm, tpiu, etm, rom_table };

/// The identification registers in the last 48 bytes of a unit's 4 KB (DDI0403 C1.2, 100166 B).
u32 component_id(Component component, u32 offset);

} // namespace tinysim
