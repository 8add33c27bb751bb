#include "gates.hpp"
#include "rcc.hpp"
#include "rcc_registers.hpp"

namespace tinysim {

using namespace rcc;

namespace {

constexpr u32 hsi16 = 16'000'000;
constexpr u32 hse = 8'000'000; // MCO of the ST-LINK (UM2179)
constexpr u32 lse = 32'768;
constexpr u32 lsi = 32'000;

constexpr u32 msi_ranges[] = {100'000,   200'000,   400'000,    800'000,    1'000'000,  2'000'000,
                              4'000'000, 8'000'000, 16'000'000, 24'000'000, 32'000'000, 48'000'000};
constexpr u32 hsi48 = 48'000'000;

constexpr u32 bdcr_rtcen = 1u << 15;

} // namespace

u32 Rcc::msi() const {
    // MSIRGSEL: the range is in CR, not the one for standby in CSR.
    const u32 range = bit<3>(at(cr)) ? bits<7, 4>(at(cr)) : bits<11, 8>(at(csr));
    return range < 12 ? msi_ranges[range] : msi_ranges[6];
}

/// A PLL's voltage-controlled oscillator; all three share the source (RM0432 6.4.4).
u64 Rcc::vco(u32 config) const {
    u64 source = 0;
    switch (bits<1, 0>(at(pllcfgr))) {
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
    return source * bits<14, 8>(config) / (bits<7, 4>(config) + 1);
}

u32 Rcc::pll() const {
    const u32 config = at(pllcfgr);
    return static_cast<u32>(vco(config) / (2 * (bits<26, 25>(config) + 1)));
}

/// Output P: divided by PDIV, or where that is 0 by 7 or 17.
u32 Rcc::pll_p(u32 offset, unsigned on_bit) const {
    const u32 config = at(offset);
    if ((at(cr) >> on_bit & 1) == 0 || !bit<16>(config))
        return 0;
    const u32 pdiv = bits<31, 27>(config);
    return static_cast<u32>(vco(config) / (pdiv != 0 ? pdiv : bit<17>(config) ? 17 : 7));
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
    const u32 divider = apb_divider(name);
    return {divider == 1 ? 1 : divider / 2, 1};
}

/// Its field of CCIPR.
u32 Rcc::uart_source(const std::string& name) const {
    static const std::map<std::string, unsigned> selectors = {
        {"usart1", 0}, {"usart2", 2}, {"usart3", 4}, {"uart4", 6}, {"uart5", 8}, {"lpuart1", 10}};
    const auto selector = selectors.find(name);
    return selector == selectors.end() ? 0 : at(ccipr) >> selector->second & 3;
}

bool Rcc::uart_clock_stays(const std::string& name) const { return uart_source(name) >= 2; }

u32 Rcc::uart_clock(const std::string& name) const {
    switch (uart_source(name)) {
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

u32 Rcc::rtc_clock() const {
    if (!has(bdcr, bdcr_rtcen))
        return 0;
    switch (bits<9, 8>(at(bdcr))) {
    case 1:
        return bit<0>(at(bdcr)) ? lse : 0;
    case 2:
        return bit<0>(at(csr)) ? lsi : 0;
    case 3:
        return bit<16>(at(cr)) ? hse / 32 : 0;
    default:
        return 0;
    }
}

u32 Rcc::apb_divider(const std::string& name) const {
    const auto gate = gates().find(name);
    return apb_divider(gate != gates().end() && gate->second.offset == apb2enr);
}

u32 Rcc::i2c_clock(const std::string& name) const {
    const u32 select = name == "i2c4"   ? at(ccipr2)
                       : name == "i2c3" ? at(ccipr) >> 16
                       : name == "i2c2" ? at(ccipr) >> 14
                                        : at(ccipr) >> 12;
    switch (select & 3) {
    case 1:
        return sysclk();
    case 2:
        return hsi16;
    default:
        return hclk() / apb_divider(name);
    }
}

/// Of R or Q: an enable, and above it the half of what the VCO is divided by, less 1.
u32 Rcc::pll_output(u32 offset, unsigned on_bit, unsigned enable) const {
    const u32 config = at(offset);
    if ((at(cr) >> on_bit & 1) == 0 || (config >> enable & 1) == 0)
        return 0;
    return static_cast<u32>(vco(config) / (2 * ((config >> (enable + 1) & 3) + 1)));
}

/// Of USB, SDMMC and RNG (RM0432 6.4.27, CLK48SEL).
u32 Rcc::clk48() const {
    if (around.is_stopped())
        return 0;
    switch (bits<27, 26>(at(ccipr))) {
    case 1:
        return pll_q(pllsai1cfgr, 26);
    case 2:
        return pll_q(pllcfgr, 24);
    case 3:
        return bit<0>(at(cr)) ? msi() : 0;
    default:
        return hsi48_runs() ? hsi48 : 0;
    }
}

u32 Rcc::sdmmc_clock() const {
    const bool from_pll = bit<14>(at(ccipr2)); // RM0432 6.4.34, SDMMCSEL
    return from_pll && !around.is_stopped() ? pll_p(pllcfgr, 24) : clk48();
}

u32 Rcc::octospi_clock() const {
    if (around.is_stopped())
        return 0;
    switch (bits<21, 20>(at(ccipr2))) {
    case 1:
        return bit<0>(at(cr)) ? msi() : 0;
    case 2:
        return pll_q(pllcfgr, 24);
    default:
        return sysclk();
    }
}

u32 Rcc::adc_clock() const {
    switch (bits<29, 28>(at(ccipr))) {
    case 1:
        return pll_r(pllsai1cfgr, 26);
    case 2:
        return pll_r(pllsai2cfgr, 28);
    case 3:
        return sysclk();
    default:
        return 0;
    }
}

u32 Rcc::sai_clock(const std::string& name) const {
    if (around.is_stopped())
        return 0;
    switch (at(ccipr2) >> (name == "sai2" ? 8 : 5) & 7) {
    case 0:
        return pll_p(pllsai1cfgr, 26);
    case 1:
        return pll_p(pllsai2cfgr, 28);
    case 2:
        return pll_p(pllcfgr, 24);
    case 3:
        return name == "sai2" ? sai2_extclk_ : sai1_extclk_;
    case 4:
        return bit<8>(at(cr)) ? hsi16 : 0;
    default:
        return 0;
    }
}

u32 Rcc::lptim_clock(const std::string& name) const {
    switch (at(ccipr) >> (name == "lptim2" ? 20 : 18) & 3) {
    case 1:
        return bit<0>(at(csr)) ? lsi : 0;
    case 2:
        return around.is_stopped() ? 0 : hsi16;
    case 3:
        return bit<0>(at(bdcr)) ? lse : 0;
    default:
        return around.is_stopped() ? 0 : hclk() / apb_divider(name);
    }
}

u32 Rcc::timer_input(const std::string& name, u32 remap) const {
    const u32 lse_now = bit<0>(at(bdcr)) ? lse : 0;
    if (name == "tim15")
        return (remap & 1) != 0 ? lse_now : 0;
    if (name == "tim16" && (remap & 3) == 1)
        return bit<0>(at(csr)) ? lsi : 0;
    if (name == "tim16" && (remap & 3) == 2)
        return lse_now;
    if (name == "tim17" && (remap & 3) == 1)
        return msi();
    if (name == "tim17" && (remap & 3) == 2)
        return bit<16>(at(cr)) ? hse / 32 : 0;
    return 0;
}

u32 Rcc::lse_clock() const { return bit<0>(at(bdcr)) ? lse : 0; }

bool Rcc::hsi48_runs() const { return bit<0>(at(crrcr)) && !around.is_stopped(); }

/// What MCOSEL shows, divided by MCOPRE; 0 while that oscillator is off.
u32 Rcc::mco() const {
    const auto shown = [this]() -> u32 {
        if (around.is_stopped() && (bits<27, 24>(at(cfgr)) < 6 || bits<27, 24>(at(cfgr)) > 7))
            return 0;
        switch (bits<27, 24>(at(cfgr))) {
        case 1:
            return sysclk();
        case 2:
            return bit<0>(at(cr)) ? msi() : 0;
        case 3:
            return bit<8>(at(cr)) ? hsi16 : 0;
        case 4:
            return bit<16>(at(cr)) ? hse : 0;
        case 5:
            return bit<24>(at(cr)) ? pll() : 0;
        case 6:
            return bit<0>(at(csr)) ? lsi : 0;
        case 7:
            return lse_clock();
        case 8:
            return hsi48_runs() ? hsi48 : 0;
        default:
            return 0;
        }
    };
    return shown() >> bits<30, 28>(at(cfgr));
}

} // namespace tinysim
