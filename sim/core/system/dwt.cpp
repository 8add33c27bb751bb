#include "dwt.hpp"

#include "component_ids.hpp"

#include <iterator>
#include <string>
#include <utility>

namespace tinysim {
namespace {

enum Offset : u32 {
    dwt_ctrl = 0x00,
    dwt_cyccnt = 0x04,
    dwt_exccnt = 0x0C,
    dwt_sleepcnt = 0x10,
    dwt_pcsr = 0x1C,
    dwt_comp0 = 0x20,
    comparators_end = 0x60,
};

constexpr u32 four_comparators = 4u << 28;
constexpr u32 ctrl_mask = 0x007F1FFF;
constexpr u32 ctrl_excevtena = 1u << 18;
constexpr u32 ctrl_sleepevtena = 1u << 19;

struct Bit {
    unsigned position;
    const char* name;
};

/// What of DWT_CTRL has no model.
constexpr Bit unmodelled_bits[] = {{12, "PCSAMPLENA"}, {16, "EXCTRCENA"},  {17, "CPIEVTENA"},
                                   {20, "LSUEVTENA"},  {21, "FOLDEVTENA"}, {22, "CYCEVTENA"}};

// DWT_FUNCTIONn (C1.8.17).
constexpr u32 function_mask = 0x000FFDAF;
constexpr u32 function_cycmatch = 1u << 7;
constexpr u32 function_datavmatch = 1u << 8;
constexpr u32 function_lnk1ena = 1u << 9; ///< there is a second linked address
constexpr u32 function_matched = 1u << 24;
enum Function : u32 { disabled, on_pc = 4, on_read, on_write, on_access };

constexpr unsigned value_comparator = 1; ///< the one that compares data
constexpr unsigned cycle_comparator = 0;
constexpr u32 most_mask = 15; ///< a range of 32 KB

/// DWT_COMPn, DWT_MASKn and DWT_FUNCTIONn repeat every 16 bytes.
unsigned comparator_of(u32 offset) { return (offset - dwt_comp0) / 16; }

} // namespace

Dwt::Dwt(std::string name, Surroundings& around, Core& core)
    : Peripheral(std::move(name), around), core_(core) {
    core_.debugging.code_matches = [this](const CodeWatch& watch) {
        return match(watch.comparator);
    };
    core_.debugging.data_matches = [this](const DataWatch& watch, const DataAccess& access) {
        return match_data(*watch.comparator, access);
    };
}

u32 Dwt::count() const {
    return counting() ? count_ + static_cast<u32>(around.now() - since_) : count_;
}

void Dwt::settle() {
    count_ = count();
    since_ = around.now();
    const auto add = [this](Overhead& overhead, u32 enable, Cycles total) {
        if (is_on() && (control_ & enable) != 0)
            overhead.count = (overhead.count + static_cast<u32>(total - overhead.since)) & 0xFF;
        overhead.since = total;
    };
    add(exception_, ctrl_excevtena, core_.exception_cycles);
    add(sleep_, ctrl_sleepevtena, core_.sleep_cycles);
}

u32 Dwt::read(u32 offset) {
    if (offset >= 0xFD0)
        return component_id(Component::dwt, offset);
    if (!is_on()) // without DEMCR.TRCENA the unit has no power
        return 0;
    settle();
    if (offset >= dwt_comp0 && offset < comparators_end) {
        Comparator& comparator = comparators_[comparator_of(offset)];
        switch (offset & 0xF) {
        case 0x0:
            return comparator.value;
        case 0x4:
            return comparator.mask;
        case 0x8: { // MATCHED is cleared by reading it
            const u32 value = comparator.function;
            comparator.function &= ~function_matched;
            return value | (comparator_of(offset) == value_comparator ? function_lnk1ena : 0);
        }
        default:
            return 0;
        }
    }
    switch (offset) {
    case dwt_ctrl:
        return four_comparators | control_;
    case dwt_cyccnt:
        return count_;
    case dwt_exccnt:
        return exception_.count;
    case dwt_sleepcnt:
        return sleep_.count;
    case dwt_pcsr:
        return core_.debugging.halted ? 0xFFFFFFFF : core_.current_pc();
    default:
        return 0;
    }
}

void Dwt::report_unmodelled(u32 offset, u32 value) {
    const u32 address = 0xE0001000 + offset;
    if (offset == dwt_ctrl)
        for (const Bit& unmodelled : unmodelled_bits)
            if ((value >> unmodelled.position & 1) != 0)
                around.report("unmodelled", std::string("DWT_CTRL.") + unmodelled.name, address,
                              true);
    if (offset < dwt_comp0 || (offset & 0xF) != 8)
        return;
    const u32 function = value & 0xF;
    const bool event = function == disabled || (function >= on_pc && function <= on_access);
    if (!event)
        around.report("unmodelled", "DWT_FUNCTION" + std::to_string(comparator_of(offset)), address,
                      true);
}

void Dwt::write_comparator(u32 offset, u32 value) {
    Comparator& comparator = comparators_[comparator_of(offset)];
    switch (offset & 0xF) {
    case 0x0:
        comparator.value = value;
        break;
    case 0x4:
        comparator.mask = value & most_mask;
        break;
    case 0x8:
        comparator.function = value & function_mask;
        if (comparator_of(offset) != cycle_comparator)
            comparator.function &= ~function_cycmatch;
        if (comparator_of(offset) != value_comparator)
            comparator.function &= ~(function_datavmatch | 0xFFC00);
        break;
    default:
        break;
    }
    arm();
}

void Dwt::write(u32 offset, u32 value) {
    if (!is_on())
        return;
    settle();
    report_unmodelled(offset, value);
    if (offset >= dwt_comp0 && offset < comparators_end)
        return write_comparator(offset, value);
    switch (offset) {
    case dwt_ctrl:
        control_ = value & ctrl_mask;
        // "The counter initializes to 0 when software enables its counter overflow event."
        if ((value & ctrl_excevtena) != 0)
            exception_.count = 0;
        if ((value & ctrl_sleepevtena) != 0)
            sleep_.count = 0;
        break;
    case dwt_cyccnt:
        count_ = value;
        break;
    case dwt_exccnt:
        exception_.count = value & 0xFF;
        break;
    case dwt_sleepcnt:
        sleep_.count = value & 0xFF;
        break;
    default:
        break;
    }
    expect_cycles();
}

bool Dwt::matches_cycles() const {
    const u32 function = comparators_[cycle_comparator].function;
    return counting() && (function & function_cycmatch) != 0 && (function & 0xF) == on_pc;
}

/// When CYCCNT comes to what the comparator has.
void Dwt::expect_cycles() {
    const u32 left = comparators_[cycle_comparator].value - count();
    schedule(matches_cycles() ? around.now() + (left == 0 ? Cycles{1} << 32 : left) : never);
}

void Dwt::on_due() {
    settle();
    if (match(cycle_comparator))
        core_.debug_event(Exceptions::dfsr_dwttrap);
    expect_cycles();
}

bool Dwt::match(unsigned number) {
    comparators_[number].function |= function_matched;
    return true;
}

/// Whether an access to a watched address is what a comparator waits for. One that is linked to a
/// value is the value comparator's.
bool Dwt::match_data(unsigned number, const DataAccess& access) {
    const Comparator& comparator = comparators_[number];
    if ((comparator.function & function_datavmatch) != 0) {
        // DATAVSIZE; the value is repeated over COMP's bytes (C1.8.17).
        const u32 size = 1u << (comparator.function >> 10 & 3);
        const u32 mask = size >= 4 ? ~0u : (1u << 8 * size) - 1;
        if (access.size != size || (access.value & mask) != (comparator.value & mask))
            return false;
    }
    return match(number);
}

void Dwt::add_watch(unsigned number, u32 function, unsigned owner) {
    const Comparator& comparator = comparators_[number];
    const u32 span = (1u << comparator.mask) - 1;
    const u32 first = comparator.value & ~span;
    if (function == on_pc)
        core_.debugging.watched_code.push_back({first, first | span, owner});
    else if (function >= on_read && function <= on_access)
        core_.debugging.watched_data.push_back(
            {first, first | span, function != on_write, function != on_read, owner});
}

void Dwt::arm_comparator(unsigned number) {
    const u32 function = comparators_[number].function;
    if ((function & 0xF) == disabled || (function & function_cycmatch) != 0)
        return;
    if ((function & function_datavmatch) == 0)
        return add_watch(number, function & 0xF, number);
    const unsigned first = function >> 12 & 0xF;
    const unsigned second = function >> 16 & 0xF;
    if (first < comparator_count && first != number)
        add_watch(first, function & 0xF, number);
    if (second < comparator_count && second != number && second != first)
        add_watch(second, function & 0xF, number);
}

void Dwt::arm() {
    Debugging& debug = core_.debugging;
    debug.watched_code.clear();
    debug.watched_data.clear();
    if (is_on())
        for (unsigned number = 0; number < comparator_count; ++number)
            arm_comparator(number);
    const bool any = !debug.watched_code.empty() || !debug.watched_data.empty();
    if (std::exchange(armed_, any) || any)
        core_.places_changed();
    expect_cycles();
}

void Dwt::after_reset() { arm(); }

void Dwt::after_load() { arm(); }

void Dwt::fields(State& state) {
    state.kept(control_);
    state.kept(count_);
    state.kept(since_);
    state.kept(exception_);
    state.kept(sleep_);
    state.kept(comparators_);
}

} // namespace tinysim
