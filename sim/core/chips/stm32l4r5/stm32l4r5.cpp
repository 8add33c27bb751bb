#include "stm32l4r5.hpp"

#include <numeric>

namespace tinysim {
namespace {

const RegisteredChip registered("stm32l4r5", [](const ChipSite& site) -> std::unique_ptr<Chip> {
    return std::make_unique<Stm32l4r5>(site);
});

} // namespace

void Stm32l4r5::adopt(Peripheral& part) {
    if (auto* const rcc = dynamic_cast<Rcc*>(&part)) {
        rcc_ = rcc;
        rcc_->before_change = site_.keep_time;
        rcc_->after_change = [this] {
            site_.pipeline.matrix.apb_divider = {rcc_->apb_divider(false), rcc_->apb_divider(true)};
            site_.core.code_changed(); // what was remembered holds no more
            clock_or_voltage_changed();
        };
    } else if (auto* const pwr = dynamic_cast<Pwr*>(&part)) {
        pwr_ = pwr;
        pwr_->woken = [this] { wake_from_standby(); };
        pwr_->voltage_changed = [this] { clock_or_voltage_changed(); };
    } else if (auto* const flash = dynamic_cast<FlashInterface*>(&part)) {
        flash_ = flash;
        flash_->contents_changed = [this] {
            site_.core.protection.forget();
            site_.core.code_changed();
        };
        flash_->stall = [this](Cycles until) { site_.core.stall(until); };
        flash_->acr_changed = [this] {
            configure_accelerator();
            site_.core.code_changed(); // what was remembered holds no more
            check_clock();
        };
    } else if (auto* const syscfg = dynamic_cast<Syscfg*>(&part)) {
        syscfg_ = syscfg;
        syscfg_->remapped = [this] { memory_moved(); };
    }
    if (rcc_)
        for (const auto& client : site_.parts)
            if (client.get() != rcc_)
                rcc_->clients[client->name] = client.get();
}

VoltageRange Stm32l4r5::voltage_range() const {
    return pwr_ ? pwr_->voltage_range() : VoltageRange::boost;
}

FlashTiming Stm32l4r5::flash_timing() const {
    const u32 acr = flash_->acr();
    FlashTiming timing{.wait_states = acr & 15,
                       .row_shift = flash_->dual_bank() ? 3u : 4u,
                       .prefetch = bit<8>(acr),
                       .instruction_cache = bit<9>(acr),
                       .data_cache = bit<10>(acr)};
    timing.wait_states = flash_choice_.least_latency
                             ? least_wait_states(voltage_range(), hclk())
                             : flash_choice_.latency.value_or(timing.wait_states);
    timing.prefetch = flash_choice_.prefetch.value_or(timing.prefetch);
    timing.instruction_cache = flash_choice_.instruction_cache.value_or(timing.instruction_cache);
    timing.data_cache = flash_choice_.data_cache.value_or(timing.data_cache);
    return timing;
}

/// Lets the accelerator follow its settings; where they are as before, its caches stay.
void Stm32l4r5::update_accelerator() {
    if (flash_ && flash_timing() != site_.pipeline.accelerator.timing())
        configure_accelerator();
}

void Stm32l4r5::configure_accelerator() {
    const u32 acr = flash_->acr();
    Accelerator& accelerator = site_.pipeline.accelerator;
    accelerator.configure(flash_timing());
    if (bit<11>(acr) || !bit<9>(acr))
        accelerator.clear_instruction_cache();
    if (bit<12>(acr) || !bit<10>(acr))
        accelerator.clear_data_cache();
}

/// Other bytes are behind the addresses that are cached and decoded.
void Stm32l4r5::memory_moved() {
    site_.core.protection.forget();
    site_.core.code_changed();
    site_.pipeline.accelerator.clear_instruction_cache();
    site_.pipeline.accelerator.clear_data_cache();
}

void Stm32l4r5::clock_or_voltage_changed() {
    update_accelerator();
    check_clock();
}

/// Reports a clock that silicon does not run at.
void Stm32l4r5::check_clock() {
    if (unsettled_)
        return;
    const VoltageRange range = voltage_range();
    if (hclk() > most_hclk(range))
        site_.around.report("pwr", "HCLK above the limit of this voltage range", 0x40007000, true);
    else if (flash_ && flash_timing().wait_states < least_wait_states(range, hclk()))
        site_.around.report("flash", "FLASH_ACR.LATENCY too low for HCLK", 0x40022000, true);
}

void Stm32l4r5::settle() {
    unsettled_ = false;
    update_accelerator();
}

void Stm32l4r5::fields(State& state) {
    state(stopped_);
    state(mode_);
}

u32 Stm32l4r5::hclk() const {
    if (!rcc_)
        return Chip::hclk();
    return clock_ != 0 && rcc_->uses_pll() ? clock_ : rcc_->hclk();
}

Rate Stm32l4r5::timer_rate(const std::string& name) const {
    if (!rcc_)
        return {};
    Rate rate = rcc_->timer_rate(name);
    if (const u32 programmed = rcc_->hclk(); programmed != hclk()) {
        const u32 common = std::gcd(hclk(), programmed);
        rate = {rate.cycles * (hclk() / common), programmed / common};
    }
    return rate;
}

u32 Stm32l4r5::uart_clock(const std::string& name) const {
    return rcc_ ? rcc_->uart_clock(name) : hclk();
}

bool Stm32l4r5::uart_clock_stays(const std::string& name) const {
    return rcc_ && rcc_->uart_clock_stays(name);
}

u32 Stm32l4r5::adc_clock() const { return rcc_ ? rcc_->adc_clock() : hclk(); }

u32 Stm32l4r5::timer_input(const std::string& name, u32 remap) const {
    return rcc_ ? rcc_->timer_input(name, remap) : 0;
}

u32 Stm32l4r5::lptim_clock(const std::string& name) const {
    return rcc_ ? rcc_->lptim_clock(name) : hclk();
}

u32 Stm32l4r5::i2c_clock(const std::string& name) const {
    return rcc_ ? rcc_->i2c_clock(name) : hclk();
}

u32 Stm32l4r5::sai_clock(const std::string& name) const {
    return rcc_ ? rcc_->sai_clock(name) : hclk();
}

u32 Stm32l4r5::lse_clock() const { return rcc_ ? rcc_->lse_clock() : Chip::lse_clock(); }

u32 Stm32l4r5::clk48() const { return rcc_ ? rcc_->clk48() : Chip::clk48(); }

u32 Stm32l4r5::sdmmc_clock() const { return rcc_ ? rcc_->sdmmc_clock() : Chip::sdmmc_clock(); }

u32 Stm32l4r5::octospi_clock() const { return rcc_ ? rcc_->octospi_clock() : hclk(); }

bool Stm32l4r5::hsi48_runs() const { return !rcc_ || rcc_->hsi48_runs(); }

u32 Stm32l4r5::apb_divider(const std::string& name) const {
    return rcc_ ? rcc_->apb_divider(name) : 1;
}

u32 Stm32l4r5::rtc_clock() const { return rcc_ ? rcc_->rtc_clock() : 0; }

} // namespace tinysim
