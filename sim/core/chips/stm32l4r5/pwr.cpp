#include "pwr.hpp"

namespace tinysim {
namespace {

using enum Bits;

RegisterMap registers() {
    std::vector<Register> all = {
        {0x00,
         "CR1",
         0x200,
         {{"LPMS", 2, 0}, {"RRSTP", 4, stored}, {"DBP", 8}, {"VOS", 10, 9}, {"LPR", 14}}},
        {0x04,
         "CR2",
         0,
         // Every supply of the board is above every threshold: PVDO and PVMO stay 0.
         {{"PVDE", 0, stored},
          {"PLS", 3, 1, stored},
          {"PVME", 7, 4, stored},
          {"IOSV", 9, stored},
          {"USV", 10, stored}}},
        {0x08,
         "CR3",
         0x8000,
         {{"EWUP", 4, 0}, {"RRS", 8}, {"APC", 10, stored}, {"DSIPDEN", 12, stored}, {"EIWUL", 15}}},
        {0x0C, "CR4", 0, {{"WP", 4, 0}, {"VBE", 8, stored}, {"VBRS", 9, stored}}},
        {0x10, "SR1", 0, {{"WUF", 4, 0, status}, {"SBF", 8, status}, {"WUFI", 15, status}}},
        {0x14,
         "SR2",
         0,
         {{"REGLPS", 8, status},
          {"REGLPF", 9, status},
          {"VOSF", 10, status},
          {"PVDO", 11, status},
          {"PVMO", 15, 12, status}}},
        {0x18, "SCR", 0, {{"CWUF", 4, 0, order}, {"CSBF", 8, order}}},
        {0x80, "CR5", 0x100, {{"R1MODE", 8}}},
    };
    static constexpr const char* names[] = {"PUCRA", "PDCRA", "PUCRB", "PDCRB", "PUCRC", "PDCRC",
                                            "PUCRD", "PDCRD", "PUCRE", "PDCRE", "PUCRF", "PDCRF",
                                            "PUCRG", "PDCRG", "PUCRH", "PDCRH", "PUCRI", "PDCRI"};
    for (u32 i = 0; i < std::size(names); ++i)
        all.emplace_back(0x20 + 4 * i, names[i], 0u, stored, 16u);
    return RegisterMap(std::move(all));
}

const Registered model{"Python.pwr", make<Pwr>};

} // namespace

Pwr::Pwr(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}

/// The wake-up logic works in Standby: its registers are reset by a loss of power alone.
bool Pwr::is_kept(u32 offset) const { return offset == cr3 || offset == cr4 || offset == sr1; }

LowPower Pwr::low_power() const {
    switch (bits<2, 0>(at(cr1))) {
    case 0:
    case 1:
    case 2:
        return LowPower::stop;
    case 3:
        return LowPower::standby;
    default:
        return LowPower::shutdown;
    }
}

VoltageRange Pwr::voltage_range() const {
    if (bits<10, 9>(at(cr1)) == 2)
        return VoltageRange::low;
    return bit<8>(at(cr5)) ? VoltageRange::normal : VoltageRange::boost;
}

u32 Pwr::reading(u32 offset) {
    // SR2: the main regulator is ready at once; REGLPF follows LPR.
    if (offset == sr2)
        return 1u << 8 | (bit<14>(at(cr1)) ? 1u << 9 : 0);
    return at(offset);
}

void Pwr::written(u32 offset, u32 value) {
    if (offset == scr)
        at(sr1) &= ~(value & 0x11F);
    else if (offset == cr1 || offset == cr5)
        voltage_changed();
}

void Pwr::input(int pin, bool level) {
    constexpr int internal = 8;
    if (pin == internal) {
        at(sr1) = level ? at(sr1) | sr1_wufi : at(sr1) & ~sr1_wufi;
        if (level && has(cr3, cr3_eiwul))
            woken();
        return;
    }
    const u32 mask = 1u << pin;
    const bool falling = (at(cr4) & mask) != 0;
    const bool was = (levels_ & mask) != 0;
    levels_ = (levels_ & ~mask) | (level ? mask : 0);
    if ((at(cr3) & mask) == 0 || was == level || level == falling)
        return;
    at(sr1) |= mask;
    woken();
}

void Pwr::fields(State& state) {
    RegisterBlock::fields(state);
    state.outside(levels_);
}

} // namespace tinysim
