#include "rcc.hpp"

#include "gates.hpp"
#include "rcc_registers.hpp"

namespace tinysim {
namespace {

using namespace rcc;

struct Oscillator {
    u32 offset;
    unsigned enable;
    unsigned ready;
    unsigned interrupt; ///< its bit in CIER, CIFR and CICR
};

constexpr Oscillator oscillators[] = {{csr, 0, 1, 0},  {bdcr, 0, 1, 1}, {cr, 0, 1, 2},
                                      {cr, 8, 10, 3},  {cr, 16, 17, 4}, {cr, 24, 25, 5},
                                      {cr, 26, 27, 6}, {cr, 28, 29, 7}, {crrcr, 0, 1, 10}};

constexpr u32 to_reset_register = 0x20; ///< from an enable register back
constexpr u32 cr_msion = 1u << 0;
constexpr u32 cr_hsion = 1u << 8;
constexpr u32 cr_hsiasfs = 1u << 11;
constexpr u32 cr_hseon = 1u << 16;
constexpr u32 cr_pllon = 1u << 24;
constexpr u32 cfgr_stopwuck = 1u << 15;
constexpr u32 bdcr_bdrst = 1u << 16;
constexpr u32 csr_rmvf = 1u << 23;
constexpr u32 csr_msisrange = 15u << 8;
constexpr u32 csr_flags = 0xFF000000;

bool is_enable_register(u32 offset) { return offset >= ahb1enr && offset <= apb2enr; }
bool is_reset_register(u32 offset) { return is_enable_register(offset + to_reset_register); }
/// Whether a register has oscillators, dividers or choices of clocks.
bool changes_clocks(u32 offset) {
    return !is_enable_register(offset) && !is_reset_register(offset) && offset != cier &&
           offset != cicr;
}

const Registered model{"Python.rcc", make<Rcc>};

} // namespace

Rcc::Rcc(const Site& site)
    : RegisterBlock(site.name, site.around, registers()),
      sai1_extclk_(site.number("sai1Extclk", 0)), sai2_extclk_(site.number("sai2Extclk", 0)) {}

void Rcc::after_reset() {
    gate_clients();
    drive(0, false);
    show_clock();
    after_change();
}

void Rcc::on_due() {
    mco_.turn();
    drive(mco_pin, mco_.level());
    schedule(mco_.due());
}

/// MCO's pin: edges come at whole cycles of HCLK, so a clock above half of it cannot be shown.
void Rcc::show_clock() {
    const u32 shown = mco();
    const bool too_fast = shown > around.hclk() / 2;
    if (too_fast)
        around.report("unmodelled", "RCC_CFGR.MCOSEL", cfgr, true);
    mco_.run(too_fast ? 0 : shown, around.hclk(), around.now());
    drive(mco_pin, mco_.level());
    schedule(mco_.due());
}

bool Rcc::is_kept(u32 offset) const { return offset == bdcr || offset == csr; }

void Rcc::gate_clients() {
    for (const auto& [name, gate] : gates())
        if (const auto client = clients.find(name); client != clients.end())
            client->second->clocked = (at(gate.offset) >> gate.bit & 1) != 0;
}

void Rcc::reset_clients(u32 offset, u32 bits) {
    for (const auto& [name, gate] : gates())
        if (gate.resets && gate.offset == offset + to_reset_register && (bits >> gate.bit & 1) != 0)
            if (const auto client = clients.find(name); client != clients.end())
                client->second->reset();
}

u32 Rcc::reading(u32 offset) {
    u32 value = at(offset);
    for (const Oscillator& each : oscillators)
        if (each.offset == offset)
            value = (value & ~(1u << each.ready)) | (value >> each.enable & 1) << each.ready;
    if (offset == cfgr)
        value |= (value & 3) << 2; // SWS follows SW
    return value;
}

bool Rcc::writing(u32 offset, u32& value) {
    if (offset == bdcr && !around.backup_writable())
        return false;
    if (is_reset_register(offset)) // both edges: what is written while it is held is lost
        reset_clients(offset, at(offset) ^ value);
    if (offset == csr && (bits<11, 8>(value) < 4 || bits<11, 8>(value) > 7))
        value = (value & ~csr_msisrange) | (at(csr) & csr_msisrange); // not allowed
    if (changes_clocks(offset)) {
        for (const auto& client : clients)
            client.second->before_clock_change();
        before_change();
    }
    if (offset == cr)
        value |= needed_oscillators();
    note_ready(offset, value);
    return true;
}

/// Oscillators that a write of `value` starts ask for their interrupts.
void Rcc::note_ready(u32 offset, u32 value) {
    for (const Oscillator& each : oscillators)
        if (each.offset == offset && (value & ~at(offset) & 1u << each.enable) != 0)
            at(cifr) |= at(cier) & 1u << each.interrupt;
}

/// What the system clock comes from stays on, whatever is written (RM0432 6.4.1).
u32 Rcc::needed_oscillators() const {
    static constexpr u32 sources[] = {0, cr_msion, cr_hsion, cr_hseon};
    switch (bits<1, 0>(at(cfgr))) {
    case 0:
        return cr_msion;
    case 1:
        return cr_hsion;
    case 2:
        return at(cr) & cr_hseon;
    default:
        return (at(cr) & cr_pllon) | sources[bits<1, 0>(at(pllcfgr))];
    }
}

void Rcc::written(u32 offset, u32 value) {
    if (offset == cfgr)
        at(cr) |= needed_oscillators();
    if (offset == cicr)
        at(cifr) &= ~value;
    if (offset == csr && (value & csr_rmvf) != 0)
        at(csr) &= ~(csr_flags | csr_rmvf);
    if (offset == bdcr && (value & bdcr_bdrst) != 0) {
        at(bdcr) = bdcr_bdrst;
        if (const auto rtc = clients.find("rtc"); rtc != clients.end())
            rtc->second->reset(Reset::power_on);
    }
    drive(0, at(cifr) != 0);
    if (is_enable_register(offset))
        gate_clients();
    if (!changes_clocks(offset))
        return;
    for (const auto& client : clients)
        client.second->after_clock_change();
    show_clock();
    after_change();
}

void Rcc::note_reset(ResetCause cause) {
    static constexpr u32 pin = 1u << 26;
    static constexpr u32 flags[] = {pin | 1u << 27,
                                    pin | 1u << 28,
                                    pin | 1u << 29,
                                    pin | 1u << 30,
                                    pin | 1u << 31,
                                    pin | 1u << 25,
                                    pin,
                                    0,
                                    pin | 1u << 27};
    at(csr) |= flags[static_cast<std::size_t>(cause)];
}

void Rcc::wake_from_stop() {
    for (const auto& client : clients)
        client.second->before_clock_change();
    before_change();
    constexpr u32 plls_and_hse = 1u << 16 | 1u << 24 | 1u << 26 | 1u << 28;
    const bool hsi = has(cfgr, cfgr_stopwuck);
    at(cr) = (at(cr) & ~(plls_and_hse | 1u)) | (hsi ? 1u << 8 : 1u);
    if (!hsi && !has(cr, cr_hsiasfs))
        at(cr) &= ~(1u << 8);
    at(cfgr) = (at(cfgr) & ~3u) | (hsi ? 1 : 0);
    for (const auto& client : clients)
        client.second->after_clock_change();
    show_clock();
    after_change();
}

void Rcc::fields(State& state) {
    RegisterBlock::fields(state);
    mco_.fields(state);
}

void Rcc::after_load() {
    gate_clients();
    after_change();
}

} // namespace tinysim
