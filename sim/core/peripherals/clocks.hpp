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
    /// Whether that clock goes on in Stop.
    virtual bool uart_clock_stays(const std::string&) const { return false; }
    /// The converters' own clock in Hz, 0 while they have none.
    virtual u32 adc_clock() const { return hclk(); }
    /// The clock of RTC in Hz, 0 while it has none.
    virtual u32 rtc_clock() const { return 32'768; }
    /// What OR1.TI1_RMP connects to a timer's first input, in Hz; 0 is the pin.
    virtual u32 timer_input(const std::string&, u32) const { return 0; }
    /// The clock of a low-power timer in Hz, 0 while it has none.
    virtual u32 lptim_clock(const std::string&) const { return hclk(); }
    /// Kernel clock of an I2C in Hz.
    virtual u32 i2c_clock(const std::string&) const { return hclk(); }
    /// Kernel clock of a SAI in Hz, 0 while it has none.
    virtual u32 sai_clock(const std::string&) const { return hclk(); }
    /// LSE in Hz, 0 while it is off, and whether HSI48 is on.
    virtual u32 lse_clock() const { return 32'768; }
    virtual bool hsi48_runs() const { return true; }
    /// The clock of USB, RNG and SDMMC in Hz, 0 while they have none.
    virtual u32 clk48() const { return 48'000'000; }
    /// Kernel clocks of SDMMC and OCTOSPI in Hz, 0 while they have none.
    virtual u32 sdmmc_clock() const { return clk48(); }
    virtual u32 octospi_clock() const { return hclk(); }
    /// HCLK cycles a cycle of a peripheral's bus.
    virtual u32 apb_divider(const std::string&) const { return 1; }
    /// How a timer's kernel clock runs beside HCLK.
    virtual Rate timer_rate(const std::string&) const { return {}; }
};

} // namespace tinysim
