#include "debug.hpp"

namespace tinysim {
namespace {

constexpr u32 four_comparators = 4u << 28;

} // namespace

u32 Dwt::count() const {
    return counting() ? count_ + static_cast<u32>(around.now() - since_) : count_;
}

u32 Dwt::read(u32 offset) {
    if (!is_on()) // without DEMCR.TRCENA the unit has no power
        return 0;
    settle();
    switch (offset) {
    case 0x00:
        return four_comparators | control_;
    case 0x04:
        return count_;
    default:
        return offset >= 0x20 && offset < 0x60 ? comparators_[(offset - 0x20) / 4] : 0;
    }
}

void Dwt::write(u32 offset, u32 value) {
    if (!is_on())
        return;
    settle();
    if (offset == 0x00)
        control_ = value & 0x0FFFFFFF;
    else if (offset == 0x04)
        count_ = value;
    else if (offset >= 0x20 && offset < 0x60)
        comparators_[(offset - 0x20) / 4] = value;
}

void Dwt::fields(State& state) {
    state(control_);
    state(count_);
    state(since_);
    state(comparators_);
}

u32 DebugUnits::read(u32 offset) {
    constexpr u32 dbgmcu_idcode = 0xE0042000;
    constexpr u32 itm_port0 = 0xE0000000;
    switch (base_ + offset) {
    case dbgmcu_idcode:
        return 0x10036470; // RM0432: device 0x470, revision 0x1003
    case itm_port0:
        return 1; // ready for more
    default:
        return 0;
    }
}

} // namespace tinysim
