#include "exti.hpp"

namespace tinysim {
namespace {

using enum Bits;

/// Lines whose edges are chosen here; the others are direct: their source keeps the request.
constexpr u32 configurable1 = 0x007DFFFF;
constexpr u32 configurable2 = 0x00000078;

std::vector<Field> lines(const char* name, u32 mask, Bits kind = modelled) {
    std::vector<Field> result;
    for (unsigned line = 0; line < 32; ++line)
        if ((mask >> line & 1) != 0)
            result.emplace_back(name, line, kind);
    return result;
}

RegisterMap registers() {
    return {
        {0x00, "IMR1", 0xFF820000},
        {0x04, "EMR1"},
        {0x08, "RTSR1", 0, lines("RT", configurable1)},
        {0x0C, "FTSR1", 0, lines("FT", configurable1)},
        {0x10, "SWIER1", 0, lines("SWI", configurable1)},
        {0x14, "PR1", 0, lines("PIF", configurable1, clear_by_1)},
        {0x20, "IMR2", 0x187, modelled, 9},
        {0x24, "EMR2", 0, modelled, 9},
        {0x28, "RTSR2", 0, lines("RT", configurable2)},
        {0x2C, "FTSR2", 0, lines("FT", configurable2)},
        {0x30, "SWIER2", 0, lines("SWI", configurable2)},
        {0x34, "PR2", 0, lines("PIF", configurable2, clear_by_1)},
    };
}

const Registered model{"IRQControllers.STM32F4_EXTI", make<Exti>};

} // namespace

Exti::Exti(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}

bool Exti::is_direct(int line) {
    const u32 configurable = line < 32 ? configurable1 : configurable2;
    return (configurable >> (line & 31) & 1) == 0;
}

void Exti::after_reset() {
    drive_lines(0, 0xFFFFFFFF, false);
    drive_lines(second_bank, 0xFFFFFFFF, false);
}

void Exti::written(u32 offset, u32 value) {
    const u32 bank = offset & second_bank;
    switch (offset & ~second_bank) {
    case pr1:
        at(bank + swier1) &= ~value;
        drive_lines(bank, value, false);
        break;
    case swier1:
        trigger(bank, value & at(bank + swier1) & ~at(bank + pr1));
        break;
    default:
        break;
    }
}

void Exti::input(int line, bool level) {
    const u32 bank = line < 32 ? 0 : second_bank;
    const u32 mask = 1u << (line & 31);
    const u64 bit_of_line = u64{1} << line;
    // A source may say again what its level is: only a change is an edge.
    if (((levels_ & bit_of_line) != 0) == level)
        return;
    levels_ ^= bit_of_line;
    if (is_direct(line)) {
        if (level && has(bank + emr1, mask))
            around.send_event();
        return;
    }
    if (has(bank + (level ? rtsr1 : ftsr1), mask))
        trigger(bank, mask);
}

void Exti::trigger(u32 bank, u32 lines) {
    if ((lines & at(bank + emr1)) != 0)
        around.send_event();
    const u32 requests = lines & at(bank + imr1);
    at(bank + pr1) |= requests;
    drive_lines(bank, requests, true);
}

void Exti::fields(State& state) {
    RegisterBlock::fields(state);
    state.outside(levels_);
}

void Exti::drive_lines(u32 bank, u32 lines, bool level) {
    for (int line = 0; line < 32; ++line)
        if ((lines >> line & 1) != 0)
            drive(line + (bank == 0 ? 0 : 32), level);
}

} // namespace tinysim
