#include "board/board.hpp"
#include "board/registers.hpp"

namespace board {

/// 120 MHz from MSI (4 MHz) by the PLL: x 60 / 2, voltage range 1 in boost mode (RM0432 5.1.8).
void start_clock() {
    constexpr std::uint32_t pwren = 1u << 28;
    constexpr std::uint32_t r1mode = 1u << 8;
    constexpr std::uint32_t pllon = 1u << 24;
    constexpr std::uint32_t pllrdy = 1u << 25;
    constexpr std::uint32_t half_hclk = 8u << 4; // HPRE
    constexpr std::uint32_t select_pll = 3u;     // SW
    constexpr std::uint32_t source_msi = 1u;

    rcc::apb1enr1 |= pwren;
    pwr::cr5 &= ~r1mode;
    // 5 wait states, prefetch, instruction and data cache.
    flash::acr = 0x705;
    while ((flash::acr & 15) != 5) {
    }
    rcc::pllcfgr = source_msi | 60u << 8 | 1u << 24; // M = 1, N = 60, R = 2
    rcc::cr |= pllon;
    while ((rcc::cr & pllrdy) == 0) {
    }
    // Entering boost mode goes over half the frequency for 1 us (RM0432 6.2.9).
    rcc::cfgr = half_hclk | select_pll;
    while ((rcc::cfgr >> 2 & 3) != 3) {
    }
    for (volatile int i = 0; i < 60; i = i + 1) {
    }
    rcc::cfgr = select_pll;
}

} // namespace board
