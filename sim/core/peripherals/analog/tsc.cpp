#include "tsc.hpp"

#include <algorithm>
#include <bit>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    cr = 0x00,
    ier = 0x04,
    icr = 0x08,
    isr = 0x0C,
    ioscr = 0x20,
    ioccr = 0x28,
    iogcsr = 0x30,
    iog1cr = 0x34,
};

constexpr u32 cr_tsce = 1u << 0;
constexpr u32 cr_start = 1u << 1;
constexpr u32 end_of_acquisition = 1u << 0; ///< of IER, ICR and ISR
constexpr u32 max_count_error = 1u << 1;
constexpr u32 never_full = 1u << 31;

RegisterMap registers() {
    std::vector<Register> all = {
        {0x00,
         "CR",
         0,
         {{"TSCE", 0},
          {"START", 1},
          {"AM", 2, unmodelled},
          {"SYNCPOL", 3, stored},
          {"IODEF", 4, unmodelled},
          {"MCV", 7, 5},
          {"PGPSC", 14, 12},
          {"SSPSC", 15, stored},
          {"SSE", 16, unmodelled},
          {"SSD", 23, 17, stored},
          {"CTPL", 27, 24},
          {"CTPH", 31, 28}}},
        {0x04, "IER", 0, {{"EOAIE", 0}, {"MCEIE", 1}}},
        {0x08, "ICR", 0, {{"EOAIC", 0, order}, {"MCEIC", 1, order}}},
        {0x0C, "ISR", 0, {{"EOAF", 0, status}, {"MCEF", 1, status}}},
        {0x10, "IOHCR", 0xFFFFFFFF, stored},
        {0x18, "IOASCR", 0, stored},
        {0x20, "IOSCR"},
        {0x28, "IOCCR"},
        {0x30, "IOGCSR", 0, {{"GxE", 7, 0}, {"GxS", 23, 16, status}}},
    };
    static constexpr const char* names[] = {"IOG1CR", "IOG2CR", "IOG3CR", "IOG4CR",
                                            "IOG5CR", "IOG6CR", "IOG7CR", "IOG8CR"};
    for (u32 i = 0; i < Tsc::groups; ++i)
        all.push_back({iog1cr + 4 * i, names[i], 0, {{"CNT", 13, 0, status}}});
    return RegisterMap(std::move(all));
}

const Registered model{"Miscellaneous.STM32_TSC", make<Tsc>};

} // namespace

Tsc::Tsc(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}

void Tsc::set_electrode(unsigned group, unsigned io, u32 transfers) {
    if (group < 1 || group > groups || io < 1 || io > ios)
        throw CoreError(name + ": groups 1 to 8 of I/Os 1 to 4");
    electrodes_[(group - 1) * ios + io - 1] = transfers;
}

/// MCV: 255, 511 and so on to 16383.
u32 Tsc::limit() const { return (256u << std::min(bits<7, 5>(at(cr)), 6u)) - 1; }

/// Of a group's channel, which shares the charge with the group's sampling capacitor.
u32 Tsc::transfers_of(unsigned group) const {
    const u32 channels = at(ioccr) >> 4 * group & 15;
    const u32 samplers = at(ioscr) >> 4 * group & 15;
    if (std::popcount(samplers) != 1 || channels == 0 || (channels & samplers) != 0)
        return never_full;
    u32 transfers = 0; // several channels of a group are one electrode
    for (unsigned io = 0; io < ios; ++io)
        if ((channels >> io & 1) != 0) {
            const u32 of_one = electrodes_[group * ios + io];
            if (of_one != 0)
                transfers = transfers == 0 ? of_one : std::min(transfers, of_one);
        }
    return transfers == 0 ? never_full : transfers;
}

void Tsc::start() {
    u32 longest = 0;
    for (unsigned group = 0; group < groups; ++group)
        if ((at(iogcsr) >> group & 1) != 0)
            longest = std::max(longest, std::min(transfers_of(group), limit() + 1));
    at(iogcsr) &= 0xFF;
    const u64 pulses = bits<31, 28>(at(cr)) + bits<27, 24>(at(cr)) + 2; // high and low
    schedule(around.now() + std::max<u64>((pulses << bits<14, 12>(at(cr))) * longest, 1));
}

void Tsc::on_due() {
    schedule(never);
    for (unsigned group = 0; group < groups; ++group) {
        if ((at(iogcsr) >> group & 1) == 0)
            continue;
        const u32 transfers = transfers_of(group);
        at(iog1cr + 4 * group) = std::min(transfers, limit());
        if (transfers > limit())
            at(isr) |= max_count_error;
        else
            at(iogcsr) |= 1u << (16 + group);
    }
    at(isr) |= end_of_acquisition;
    at(cr) &= ~cr_start;
    update();
}

void Tsc::written(u32 offset, u32 value) {
    if (offset == icr)
        at(isr) &= ~value;
    if (offset == cr) {
        if (!has(cr, cr_tsce)) {
            at(cr) &= ~cr_start;
            schedule(never);
        } else if (has(cr, cr_start) && due == never) {
            start();
        } else if (!has(cr, cr_start)) {
            schedule(never);
        }
    }
    update();
}

void Tsc::update() { drive(0, (at(isr) & at(ier)) != 0); }

void Tsc::fields(State& state) {
    RegisterBlock::fields(state);
    state.outside(electrodes_);
}

} // namespace tinysim
