#pragma once

#include "../../peripherals/register_block.hpp"
#include "../../peripherals/registry.hpp"
#include "clock_output.hpp"

#include <functional>
#include <map>

namespace tinysim {

/// Reset and clock control: RM0432 section 6. Oscillators are ready as soon as they are on.
class Rcc final : public RegisterBlock, public Clocks {
public:
    explicit Rcc(const Site& site);

    u32 hclk() const override;
    u32 uart_clock(const std::string& name) const override;
    bool uart_clock_stays(const std::string& name) const override;
    u32 adc_clock() const override;
    Rate timer_rate(const std::string& name) const override;
    u32 rtc_clock() const override;
    u32 lptim_clock(const std::string& name) const override;
    u32 i2c_clock(const std::string& name) const override;
    u32 sai_clock(const std::string& name) const override;
    u32 apb_divider(const std::string& name) const override;
    u32 timer_input(const std::string& name, u32 remap) const override;
    u32 lse_clock() const override;
    bool hsi48_runs() const override;
    u32 clk48() const override;
    u32 sdmmc_clock() const override;
    u32 octospi_clock() const override;
    /// Whether the PLL drives the core.
    bool uses_pll() const;

    /// Peripherals whose clocks it gates, told about changes of frequency.
    std::map<std::string, Peripheral*> clients;
    std::function<void()> before_change = [] {};
    std::function<void()> after_change = [] {};
    /// HCLK cycles a cycle of APB1, or of APB2.
    u32 apb_divider(bool apb2) const;
    /// CSR shows what reset the chip: RM0432 6.4.32's flags, added to those that are there.
    void note_reset(ResetCause cause);
    /// After a wake-up from Stop: the oscillator of STOPWUCK drives the core, PLLs are off.
    void wake_from_stop();

    /// Its interrupt, and `mco`.
    int output(const std::string& wire) const override { return wire == "mco" ? mco_pin : 0; }
    void on_due() override;
    void after_clock_change() override { show_clock(); }

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    bool is_kept(u32 offset) const override;
    void fields(State& state) override;
    void after_reset() override;
    void after_load() override;

private:
    u32 sysclk() const;
    u32 msi() const;
    u32 pll() const;
    u32 uart_source(const std::string& name) const;
    u32 pll_output(u32 config_offset, unsigned on_bit, unsigned enable) const;
    u32 pll_r(u32 config_offset, unsigned on_bit) const {
        return pll_output(config_offset, on_bit, 24);
    }
    u64 vco(u32 config) const;
    u32 pll_q(u32 config_offset, unsigned on_bit) const {
        return pll_output(config_offset, on_bit, 20);
    }
    u32 pll_p(u32 config_offset, unsigned on_bit) const;
    void gate_clients();
    void reset_clients(u32 offset, u32 bits);
    void change(u32 offset, u32 value);
    void note_ready(u32 offset, u32 before);
    u32 needed_oscillators() const;
    u32 mco() const;
    void show_clock();

    static constexpr int mco_pin = 1;

    ClockOutput mco_;
    const u32 sai1_extclk_, sai2_extclk_; ///< at the pins of these names, in Hz
};

} // namespace tinysim
