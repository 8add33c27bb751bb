#include "rcc.hpp"

namespace tinysim {
namespace {

/// Register offsets (RM0432 6.4.34).
enum Offset : u32 {
    cr = 0x00,
    icscr = 0x04,
    cfgr = 0x08,
    pllcfgr = 0x0C,
    pllsai1cfgr = 0x10,
    pllsai2cfgr = 0x14,
    cifr = 0x1C,
    cicr = 0x20,
    ahb1enr = 0x48,
    ahb2enr = 0x4C,
    apb1enr1 = 0x58,
    apb1enr2 = 0x5C,
    apb2enr = 0x60,
    ccipr = 0x88,
    bdcr = 0x90,
    csr = 0x94,
    crrcr = 0x98,
};

constexpr u32 hsi16 = 16'000'000;
constexpr u32 hse = 8'000'000; // MCO of the ST-LINK (UM2179)
constexpr u32 lse = 32'768;

constexpr u32 msi_ranges[] = {100'000,   200'000,   400'000,    800'000,    1'000'000,  2'000'000,
                              4'000'000, 8'000'000, 16'000'000, 24'000'000, 32'000'000, 48'000'000};

struct ReadyBit {
    u32 offset;
    unsigned enable;
    unsigned ready;
};

constexpr ReadyBit ready_bits[] = {{cr, 0, 1},   {cr, 8, 10},  {cr, 16, 17},
                                   {cr, 24, 25}, {cr, 26, 27}, {cr, 28, 29},
                                   {bdcr, 0, 1}, {csr, 0, 1},  {crrcr, 0, 1}};

struct Gate {
    u32 offset;
    unsigned bit;
};

/// Where each modelled peripheral's bus clock is enabled (RM0432 6.4.16 to 6.4.21).
const std::map<std::string, Gate>& gates() {
    static const std::map<std::string, Gate> table = {
        {"crc", {ahb1enr, 12}},     {"gpioa", {ahb2enr, 0}},   {"gpiob", {ahb2enr, 1}},
        {"gpioc", {ahb2enr, 2}},    {"gpiod", {ahb2enr, 3}},   {"gpioe", {ahb2enr, 4}},
        {"gpiof", {ahb2enr, 5}},    {"gpiog", {ahb2enr, 6}},   {"gpioh", {ahb2enr, 7}},
        {"gpioi", {ahb2enr, 8}},    {"rng", {ahb2enr, 18}},    {"tim2", {apb1enr1, 0}},
        {"tim3", {apb1enr1, 1}},    {"tim4", {apb1enr1, 2}},   {"tim5", {apb1enr1, 3}},
        {"tim6", {apb1enr1, 4}},    {"tim7", {apb1enr1, 5}},   {"usart2", {apb1enr1, 17}},
        {"usart3", {apb1enr1, 18}}, {"pwr", {apb1enr1, 28}},   {"lpuart1", {apb1enr2, 0}},
        {"syscfg", {apb2enr, 0}},   {"usart1", {apb2enr, 14}},
    };
    return table;
}

bool is_enable_register(u32 offset) { return offset >= ahb1enr && offset <= apb2enr; }

} // namespace

void Rcc::reset() {
    clear();
    at(cr) = 0x00000063;
    at(icscr) = 0x40000000;
    at(pllcfgr) = at(pllsai1cfgr) = at(pllsai2cfgr) = 0x00001000;
    at(ahb1enr) = 0x00000100;
    at(csr) = 0x0C000600;
    gate_clients();
    after_change();
}

u32 Rcc::msi() const {
    // MSIRGSEL: the range is in CR, not the one for standby in CSR.
    const u32 range = bit<3>(at(cr)) ? bits<7, 4>(at(cr)) : bits<11, 8>(at(csr));
    return range < 12 ? msi_ranges[range] : msi_ranges[6];
}

u32 Rcc::pll() const {
    const u32 config = at(pllcfgr);
    u64 source = 0;
    switch (bits<1, 0>(config)) {
    case 1:
        source = msi();
        break;
    case 2:
        source = hsi16;
        break;
    case 3:
        source = hse;
        break;
    default:
        break;
    }
    const u32 m = bits<7, 4>(config) + 1;
    const u32 n = bits<14, 8>(config);
    const u32 r = 2 * (bits<26, 25>(config) + 1);
    return static_cast<u32>(source * n / m / r);
}

u32 Rcc::sysclk() const {
    switch (bits<1, 0>(at(cfgr))) {
    case 0:
        return msi();
    case 1:
        return hsi16;
    case 2:
        return hse;
    default:
        return pll();
    }
}

u32 Rcc::hclk() const {
    // HPRE: 0xxx not divided, then 2, 4, 8, 16, 64, 128, 256, 512.
    static constexpr u32 dividers[] = {2, 4, 8, 16, 64, 128, 256, 512};
    const u32 hpre = bits<7, 4>(at(cfgr));
    const u32 result = hpre < 8 ? sysclk() : sysclk() / dividers[hpre - 8];
    return result == 0 ? 1 : result; // a PLL without source stops the core; it crawls here
}

bool Rcc::uses_pll() const { return bits<1, 0>(at(cfgr)) == 3; }

u32 Rcc::apb_divider(bool apb2) const {
    const u32 ppre = apb2 ? bits<13, 11>(at(cfgr)) : bits<10, 8>(at(cfgr));
    return ppre < 4 ? 1 : 2u << (ppre - 4);
}

Rate Rcc::timer_rate(const std::string& name) const {
    const auto gate = gates().find(name);
    const u32 divider = apb_divider(gate != gates().end() && gate->second.offset == apb2enr);
    return {divider == 1 ? 1 : divider / 2, 1};
}

u32 Rcc::uart_clock(const std::string& name) const {
    static const std::map<std::string, unsigned> selectors = {
        {"usart1", 0}, {"usart2", 2}, {"usart3", 4}, {"lpuart1", 10}};
    const auto selector = selectors.find(name);
    const u32 select = selector == selectors.end() ? 0 : at(ccipr) >> selector->second & 3;
    switch (select) {
    case 1:
        return sysclk();
    case 2:
        return hsi16;
    case 3:
        return lse;
    default:
        return hclk() / apb_divider(name == "usart1");
    }
}

void Rcc::gate_clients() {
    for (const auto& [name, gate] : gates())
        if (const auto client = clients.find(name); client != clients.end())
            client->second->clocked = (at(gate.offset) >> gate.bit & 1) != 0;
}

u32 Rcc::read(u32 offset) {
    u32 value = at(offset);
    for (const ReadyBit& pair : ready_bits)
        if (pair.offset == offset)
            value = (value & ~(1u << pair.ready)) | (value >> pair.enable & 1) << pair.ready;
    if (offset == cfgr)
        value = (value & ~0xCu) | (value & 3) << 2; // SWS follows SW
    return value;
}

void Rcc::write(u32 offset, u32 value) {
    constexpr u32 rmvf = 1u << 23;
    constexpr u32 reset_flags = 0xFF000000;
    if (offset == cifr || offset == cicr)
        return;
    if (offset == csr)
        value = (value & rmvf) != 0 ? value & ~(rmvf | reset_flags)
                                    : (value & ~reset_flags) | (at(csr) & reset_flags);
    if (is_enable_register(offset)) {
        at(offset) = value;
        return gate_clients();
    }
    for (const auto& client : clients)
        client.second->before_clock_change();
    before_change();
    at(offset) = value;
    for (const auto& client : clients)
        client.second->after_clock_change();
    after_change();
}

void Rcc::load(Reader& in) {
    Stored::load(in);
    gate_clients();
    after_change();
}

} // namespace tinysim
