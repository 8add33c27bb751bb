#pragma once

#include "../types.hpp"

#include <string>

namespace tinysim {

/// The frequencies that the firmware has chosen, in Hz. Without an RCC: those of a chip that
/// runs from one 120 MHz clock.
class Clocks {
public:
    virtual ~Clocks() = default;
    virtual u32 hclk() const { return 120'000'000; }
    /// Kernel clock of a USART or LPUART, by its name.
    virtual u32 uart_clock(const std::string&) const { return hclk(); }
    /// Cycles of HCLK for one of a timer's kernel clock.
    virtual u32 timer_divider(const std::string&) const { return 1; }
};

} // namespace tinysim
