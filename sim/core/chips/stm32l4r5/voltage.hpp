#pragma once

#include "../../types.hpp"

namespace tinysim {

/// Of the core's supply: PWR_CR1.VOS, and PWR_CR5.R1MODE in range 1 (RM0432 5.1.8).
enum class VoltageRange : u8 { boost, normal, low };

/// HCLK's limit in Hz (RM0432 5.1.8).
constexpr u32 most_hclk(VoltageRange range) {
    switch (range) {
    case VoltageRange::boost:
        return 120'000'000;
    case VoltageRange::normal:
        return 80'000'000;
    default:
        return 26'000'000;
    }
}

/// The fewest wait states of flash with which its reads are safe (RM0432 table 12): 20 MHz for
/// each cycle of an access in range 1; 8, 16 and 26 MHz in range 2.
constexpr u32 least_wait_states(VoltageRange range, u32 hclk) {
    if (range == VoltageRange::low && hclk <= most_hclk(VoltageRange::low))
        return hclk <= 8'000'000 ? 0 : hclk <= 16'000'000 ? 1 : 2;
    return hclk == 0 ? 0 : (hclk - 1) / 20'000'000;
}

} // namespace tinysim
