#include "stm32l4r5.hpp"

namespace tinysim {
namespace {

constexpr const char* as_programmed = "acr";
constexpr const char* by_rcc = "rcc";
constexpr const char* least = "least";
constexpr const char* banks[] = {"single", "dual"};

} // namespace

void Stm32l4r5::offer_flash_choice(Options& options, const char* name,
                                   std::optional<bool> FlashChoice::*choice) {
    options.add(
        name,
        [this, choice] {
            const std::optional<bool>& chosen = flash_choice_.*choice;
            return chosen ? Property{*chosen} : Property{std::string(as_programmed)};
        },
        [this, choice](const Property& value) {
            flash_choice_.*choice =
                Options::says(value, as_programmed)
                    ? std::nullopt
                    : std::optional(Options::expect<bool>(value, "true, false or acr"));
        });
}

void Stm32l4r5::offer(Options& options) {
    options.add(
        "clock",
        [this] { return clock_ == 0 ? Property{std::string(by_rcc)} : Property{i64{clock_}}; },
        [this](const Property& value) {
            clock_ = Options::says(value, by_rcc)
                         ? 0
                         : Options::expect_number(value, 1'000'000, 1'000'000'000,
                                                  "1000000 to 1000000000 Hz, or rcc");
        });
    options.add(
        "flash.bank", [this] { return std::string(banks[!flash_ || flash_->dual_bank() ? 1 : 0]); },
        [this](const Property& value) {
            const bool dual = Options::expect_name(value, banks, "dual or single") == 1;
            if (flash_)
                flash_->set_dual_bank(dual);
        });
    options.add(
        "flash.latency",
        [this] {
            if (flash_choice_.least_latency)
                return Property{std::string(least)};
            return flash_choice_.latency ? Property{i64{*flash_choice_.latency}}
                                         : Property{std::string(as_programmed)};
        },
        [this](const Property& value) {
            const bool chooses =
                !Options::says(value, as_programmed) && !Options::says(value, least);
            flash_choice_.latency =
                chooses ? std::optional(Options::expect_number(value, 0, 15,
                                                               "0 to 15 wait states, least or acr"))
                        : std::nullopt;
            flash_choice_.least_latency = Options::says(value, least);
        });
    options.add_number("timing.stop_wakeup", stop_wakeup_us_, 0, 1000, "0 to 1000 us");
    offer_flash_choice(options, "flash.prefetch", &FlashChoice::prefetch);
    offer_flash_choice(options, "flash.instruction_cache", &FlashChoice::instruction_cache);
    offer_flash_choice(options, "flash.data_cache", &FlashChoice::data_cache);
}

void Stm32l4r5::options_changed() {
    if (flash_)
        configure_accelerator();
}

} // namespace tinysim
