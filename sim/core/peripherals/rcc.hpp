#pragma once

#include "clocks.hpp"
#include "stored.hpp"

#include <functional>
#include <map>

namespace tinysim {

/// Reset and clock control: RM0432 section 6. Oscillators are ready as soon as they are on.
class Rcc final : public Stored<0x400>, public Clocks {
public:
    using Stored::Stored;
    void reset() override;
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    void load(Reader& in) override;

    u32 hclk() const override;
    u32 uart_clock(const std::string& name) const override;
    Rate timer_rate(const std::string& name) const override;
    /// Whether the PLL drives the core.
    bool uses_pll() const;

    /// Peripherals whose clocks it gates, told about changes of frequency.
    std::map<std::string, Peripheral*> clients;
    std::function<void()> before_change = [] {};
    std::function<void()> after_change = [] {};
    /// HCLK cycles a cycle of APB1, or of APB2.
    u32 apb_divider(bool apb2) const;

private:
    u32 sysclk() const;
    u32 msi() const;
    u32 pll() const;
    void gate_clients();
};

} // namespace tinysim
