#include "flash_patch.hpp"

#include "component_ids.hpp"

#include <utility>

namespace tinysim {
namespace {

enum Offset : u32 { fp_ctrl = 0x000, fp_remap = 0x004, fp_comp0 = 0x008 };

constexpr u32 ctrl_enable = 1u << 0;
constexpr u32 ctrl_key = 1u << 1;
constexpr u32 remap_rmpspt = 1u << 29; ///< remapping is there
constexpr u32 remap_mask = 0x1FFFFFE0;
constexpr u32 comp_enable = 1u << 0;
constexpr u32 comp_mask = 0xDFFFFFFD;
constexpr u32 comp_address = 0x1FFFFFFC;
/// FP_COMPn.REPLACE: what becomes of a match.
enum Replace : u32 { remap, break_lower, break_upper, break_both };

} // namespace

u32 FlashPatch::read(u32 offset) {
    if (offset == fp_ctrl)
        return (comparator_count - instruction_comparators) << 8 | instruction_comparators << 4 |
               (enabled_ ? ctrl_enable : 0);
    if (offset == fp_remap)
        return remap_rmpspt | remap_;
    if (offset >= fp_comp0 && offset < fp_comp0 + 4 * comparator_count)
        return comparators_[(offset - fp_comp0) / 4];
    return component_id(Component::fpb, offset);
}

void FlashPatch::write(u32 offset, u32 value) {
    if (offset == fp_ctrl && (value & ctrl_key) != 0)
        enabled_ = (value & ctrl_enable) != 0;
    else if (offset == fp_remap)
        remap_ = value & remap_mask;
    else if (offset >= fp_comp0 && offset < fp_comp0 + 4 * comparator_count)
        comparators_[(offset - fp_comp0) / 4] = value & comp_mask;
    arm();
}

void FlashPatch::arm_instruction(u32 number) {
    Debugging& debug = core_.debugging;
    const u32 comparator = comparators_[number];
    const u32 address = comparator & comp_address;
    const u32 replace = comparator >> 30;
    if (replace == break_lower || replace == break_both)
        debug.breakpoints.push_back(address);
    if (replace == break_upper || replace == break_both)
        debug.breakpoints.push_back(address + 2);
    if (replace != remap)
        return;
    u32 word = 0;
    if (core_.bus.read((0x20000000 | remap_) + 4 * number, 4, word) != Access::ok)
        return;
    debug.patched_code[address] = static_cast<u16>(word);
    debug.patched_code[address + 2] = static_cast<u16>(word >> 16);
}

/// Tells the core. The table of remapped words is read here and not at each fetch: a program
/// fills it before it turns the comparator on.
void FlashPatch::arm() {
    Debugging& debug = core_.debugging;
    debug.breakpoints.clear();
    debug.patched_code.clear();
    debug.patched_literals.clear();
    bool any = false;
    for (u32 number = 0; enabled_ && number < comparator_count; ++number) {
        if ((comparators_[number] & comp_enable) == 0)
            continue;
        any = true;
        if (number < instruction_comparators) {
            arm_instruction(number);
            continue;
        }
        u32 word = 0;
        if (core_.bus.read((0x20000000 | remap_) + 4 * number, 4, word) == Access::ok)
            debug.patched_literals[comparators_[number] & comp_address] = word;
    }
    if (std::exchange(armed_, any) || any)
        core_.places_changed();
}

void FlashPatch::fields(State& state) {
    state.kept(enabled_);
    state.kept(remap_);
    state.kept(comparators_);
}

} // namespace tinysim
