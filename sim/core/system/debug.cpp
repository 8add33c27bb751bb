#include "debug.hpp"

#include <iterator>
#include <string>

namespace tinysim {
namespace {

constexpr u32 four_comparators = 4u << 28;

/// What has no model: DWT_CTRL's bits that let a profiling counter count, from bit 17 on.
constexpr unsigned first_counter = 17;
constexpr const char* counters[] = {"CPIEVTENA", "EXCEVTENA", "SLEEPEVTENA", "LSUEVTENA",
                                    "FOLDEVTENA"};

/// DWT_FUNCTIONn, from 0x28 on in steps of 16: 0 in its FUNCTION field turns the comparator off.
bool is_function(u32 offset) { return offset >= 0x28 && offset < 0x60 && (offset & 0xF) == 8; }

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

void Dwt::report_unmodelled(u32 offset, u32 value) {
    const u32 address = 0xE0001000 + offset;
    if (offset == 0x00)
        for (unsigned i = 0; i < std::size(counters); ++i)
            if ((value >> (first_counter + i) & 1) != 0)
                around.report("unmodelled", std::string("DWT_CTRL.") + counters[i], address, true);
    if (is_function(offset) && (value & 0xF) != 0)
        around.report("unmodelled", "DWT_FUNCTION" + std::to_string((offset - 0x28) / 16), address,
                      true);
}

void Dwt::write(u32 offset, u32 value) {
    if (!is_on())
        return;
    settle();
    report_unmodelled(offset, value);
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
