#include "stm32l4r5.hpp"

#include <algorithm>
#include <utility>

namespace tinysim {

void Stm32l4r5::tell_of_clocks(void (Peripheral::*change)()) {
    for (const auto& part : site_.parts)
        (part.get()->*change)();
}

/// What of the chip goes on is PWR's to say (RM0432 5.3).
void Stm32l4r5::enter_low_power() {
    if (!pwr_)
        return;
    mode_ = pwr_->low_power();
    static constexpr unsigned option_bits[] = {0, 12, 13, 14}; // nRST_STOP and so on
    if (flash_ && flash_->resets_in(option_bits[static_cast<std::size_t>(mode_)]))
        return site_.around.request_reset(ResetCause::low_power);
    if (mode_ == LowPower::stop)
        stop();
    else
        lose_power();
    site_.around.look_again();
}

void Stm32l4r5::stop() {
    tell_of_clocks(&Peripheral::before_clock_change);
    site_.system_control.stop_clock();
    stopped_ = true;
    tell_of_clocks(&Peripheral::after_clock_change);
}

/// Standby and Shutdown: the power of the core's domain goes.
void Stm32l4r5::lose_power() {
    site_.core.held = true;
    site_.keep_time();
    for (const auto& part : site_.parts)
        if (part.get() != &site_.system_control)
            part->reset();
    stopped_ = true;
    site_.system_control.stop_clock();
    pwr_->note_mode(mode_);
}

void Stm32l4r5::leave_low_power() {
    if (!std::exchange(stopped_, false))
        return;
    site_.system_control.start_clock();
    rcc_->wake_from_stop();
    const u64 awake_ps = site_.around.time_ps() + u64{stop_wakeup_us_} * 1'000'000;
    site_.core.stall(site_.around.cycle_at(awake_ps));
    site_.around.look_again();
}

void Stm32l4r5::wake_from_standby() {
    if (site_.core.held)
        site_.around.request_reset(mode_ == LowPower::standby ? ResetCause::standby
                                                              : ResetCause::shutdown);
}

/// The SRAMs are without power in Standby and Shutdown; CR3.RRS keeps SRAM2 in Standby.
void Stm32l4r5::lose_memory(ResetCause cause) {
    const bool keeps_sram2 = cause == ResetCause::standby && pwr_ && pwr_->keeps_sram2();
    for (const auto& memory : site_.bus.memories)
        if (memory->kind == MemoryKind::sram && !(keeps_sram2 && memory->name == "sram2"))
            std::fill(memory->bytes.begin(), memory->bytes.end(), u8{0});
    site_.core.code_changed();
}

void Stm32l4r5::before_reset(ResetCause cause) {
    stopped_ = false;
    site_.core.held = false; // what has woken it may say so once more
    if (cause == ResetCause::standby || cause == ResetCause::shutdown)
        lose_memory(cause);
}

void Stm32l4r5::after_reset(ResetCause cause) {
    if (rcc_)
        rcc_->note_reset(cause);
    if (!syscfg_)
        return;
    if (boot_memory_ != "flash")
        syscfg_->boot_from(boot_memory_);
    else if (boots_bank_2())
        syscfg_->boot_from_bank_2();
}

/// What the pin BOOT0 and the option bytes choose (RM0432 2.6).
bool Stm32l4r5::boot_from(const std::string& memory) {
    if (!syscfg_ || !syscfg_->shows(memory))
        return false;
    boot_memory_ = memory;
    return true;
}

/// With BFB2 the boot loader starts bank 2, if a stack pointer that leads to SRAM is its first
/// word, and else bank 1 (AN2606, dual bank boot).
bool Stm32l4r5::boots_bank_2() const {
    const Memory* const flash = flash_ ? flash_->array() : nullptr;
    if (!flash || !flash_->boots_bank_2())
        return false;
    u32 stack = 0;
    std::memcpy(&stack, flash->bytes.data() + flash->size() / 2, sizeof stack);
    return (stack >> 24) == 0x20 || (stack >> 24) == 0x10;
}

} // namespace tinysim
