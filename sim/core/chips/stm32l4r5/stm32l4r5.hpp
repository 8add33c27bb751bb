#pragma once

#include "../chip.hpp"
#include "flash_interface.hpp"
#include "pwr.hpp"
#include "rcc.hpp"
#include "syscfg.hpp"

namespace tinysim {

/// The STM32L4R5 and its family. Without an RCC on the board it runs from one 120 MHz clock.
class Stm32l4r5 final : public Chip {
public:
    explicit Stm32l4r5(const ChipSite& site) : site_(site) {}

    void adopt(Peripheral& part) override;
    void offer(Options& options) override;
    void options_changed() override;

    void unsettle() override { unsettled_ = true; }
    void settle() override;
    void before_reset(ResetCause cause) override;
    void after_reset(ResetCause cause) override;
    bool boot_from(const std::string& memory) override;

    void enter_low_power() override;
    void leave_low_power() override;
    bool is_stopped() const override { return stopped_; }
    bool backup_writable() const override { return !pwr_ || pwr_->backup_writable(); }

    u32 flash_wait_states() const override {
        return site_.pipeline.accelerator.timing().wait_states;
    }
    void fields(State& state) override;

    u32 hclk() const override;
    u32 uart_clock(const std::string& name) const override;
    bool uart_clock_stays(const std::string& name) const override;
    u32 adc_clock() const override;
    Rate timer_rate(const std::string& name) const override;
    u32 timer_input(const std::string& name, u32 remap) const override;
    u32 lptim_clock(const std::string& name) const override;
    u32 i2c_clock(const std::string& name) const override;
    u32 sai_clock(const std::string& name) const override;
    u32 lse_clock() const override;
    bool hsi48_runs() const override;
    u32 clk48() const override;
    u32 sdmmc_clock() const override;
    u32 octospi_clock() const override;
    u32 apb_divider(const std::string& name) const override;
    u32 rtc_clock() const override;

private:
    /// What ACR says is not asked where these say otherwise.
    struct FlashChoice {
        std::optional<u32> latency;
        bool least_latency = false; ///< the fewest that the clock and the voltage permit
        std::optional<bool> prefetch, instruction_cache, data_cache;
    };

    VoltageRange voltage_range() const;
    FlashTiming flash_timing() const;
    void update_accelerator();
    void configure_accelerator();
    void clock_or_voltage_changed();
    void memory_moved();
    bool boots_bank_2() const;
    void check_clock();
    void stop();
    void lose_power();
    void lose_memory(ResetCause cause);
    void tell_of_clocks(void (Peripheral::*change)());
    void wake_from_standby();
    void offer_flash_choice(Options& options, const char* name,
                            std::optional<bool> FlashChoice::*choice);

    ChipSite site_;
    Rcc* rcc_ = nullptr;
    Pwr* pwr_ = nullptr;
    FlashInterface* flash_ = nullptr;
    Syscfg* syscfg_ = nullptr;
    FlashChoice flash_choice_;
    u32 clock_ = 0; ///< HCLK from the PLL, in Hz; 0 is what RCC makes it
    std::string boot_memory_ = "flash";
    bool stopped_ = false;   ///< HCLK is
    u32 stop_wakeup_us_ = 0; ///< from Stop to the first instruction
    bool unsettled_ = false; ///< its parts are being loaded or reset, one after the other
    LowPower mode_ = LowPower::sleep;
};

} // namespace tinysim
