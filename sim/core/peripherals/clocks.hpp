#pragma once

#include "../types.hpp"

#include <string>

namespace tinysim {

/// So many cycles of HCLK take as long as so many ticks of another clock.
struct Rate {
    u32 cycles = 1;
    u32 ticks = 1;
    bool operator==(const Rate&) const = default;
};

/// The frequencies that the firmware has chosen, in Hz. Without an RCC: those of a chip that
/// runs from one 120 MHz clock.
class Clocks {
public:
    virtual ~Clocks() = default;
    virtual u32 hclk() const { return 120'000'000; }
    /// Kernel clock of a USART or LPUART, by its name.
    virtual u32 uart_clock(const std::string&) const { return hclk(); }
    /// How a timer's kernel clock runs beside HCLK.
    virtual Rate timer_rate(const std::string&) const { return {}; }
};

} // namespace tinysim
