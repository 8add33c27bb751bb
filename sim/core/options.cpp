#include "machine.hpp"

#include <algorithm>
#include <functional>

namespace tinysim {
namespace {

constexpr const char* tier_names[] = {"T0", "T1", "T2", "T3"};
constexpr const char* restart_names[] = {"at_once", "late", "paced"};
constexpr const char* as_programmed = "acr";
constexpr const char* least = "least";
constexpr const char* nothing = "none";

/// A value of the wrong kind; says what would be right.
struct WrongValue {
    const char* wanted;
};

template <class T> T expect(const Property& value, const char* wanted) {
    const T* const held = std::get_if<T>(&value);
    if (!held)
        throw WrongValue{wanted};
    return *held;
}

u32 expect_number(const Property& value, i64 least, i64 most, const char* wanted) {
    const i64 number = expect<i64>(value, wanted);
    if (number < least || number > most)
        throw WrongValue{wanted};
    return static_cast<u32>(number);
}

template <std::size_t count>
std::size_t expect_name(const Property& value, const char* const (&names)[count],
                        const char* wanted) {
    const auto* const found =
        std::find(std::begin(names), std::end(names), expect<std::string>(value, wanted));
    if (found == std::end(names))
        throw WrongValue{wanted};
    return static_cast<std::size_t>(found - std::begin(names));
}

bool is_programmed(const Property& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text && *text == as_programmed;
}

Property shown(const std::optional<bool>& choice) {
    return choice ? Property{*choice} : Property{std::string(as_programmed)};
}

} // namespace

/// An option: how it is read and set.
struct Machine::Option {
    std::function<Property(const Machine&)> get;
    std::function<void(Machine&, const Property&)> set;
};

const std::map<std::string, Machine::Option>& Machine::option_table() {
    const auto flash = [](std::optional<bool> FlashChoice::*choice) {
        return Option{[choice](const Machine& m) { return shown(m.flash_choice_.*choice); },
                      [choice](Machine& m, const Property& value) {
                          m.flash_choice_.*choice =
                              is_programmed(value)
                                  ? std::nullopt
                                  : std::optional(expect<bool>(value, "true, false or acr"));
                      }};
    };
    static const std::map<std::string, Option> table{
        {"tier",
         {[](const Machine& m) { return std::string(tier_names[static_cast<int>(m.tier_)]); },
          [](Machine& m, const Property& value) {
              const auto tier = expect_name(value, tier_names, "T0, T1, T2 or T3");
              m.tier_ = static_cast<Tier>(tier);
              m.core.set_timing(m.tiers[m.tier_]);
          }}},
        {"strict",
         {[](const Machine& m) { return m.bus.strict; },
          [](Machine& m, const Property& value) {
              m.bus.strict = expect<bool>(value, "true or false");
          }}},
        {"clock",
         {[](const Machine& m) {
              return m.clock_ == 0 ? Property{std::string("rcc")} : Property{i64{m.clock_}};
          },
          [](Machine& m, const Property& value) {
              const auto* text = std::get_if<std::string>(&value);
              m.clock_ = text && *text == "rcc" ? 0
                                                : expect_number(value, 1'000'000, 1'000'000'000,
                                                                "1000000 to 1000000000 Hz, or rcc");
          }}},
        {"flash.bank",
         {[](const Machine& m) { return std::string(m.dual_bank_ ? "dual" : "single"); },
          [](Machine& m, const Property& value) {
              const char* const wanted = "dual or single";
              const auto mode = expect<std::string>(value, wanted);
              if (mode != "dual" && mode != "single")
                  throw WrongValue{wanted};
              m.dual_bank_ = mode == "dual";
              if (m.flash_)
                  m.flash_->set_dual_bank(m.dual_bank_);
          }}},
        {"flash.latency",
         {[](const Machine& m) {
              if (m.flash_choice_.least_latency)
                  return Property{std::string(least)};
              return m.flash_choice_.latency ? Property{i64{*m.flash_choice_.latency}}
                                             : Property{std::string(as_programmed)};
          },
          [](Machine& m, const Property& value) {
              const auto* text = std::get_if<std::string>(&value);
              const bool chooses = !is_programmed(value) && !(text && *text == least);
              const auto states = chooses ? std::optional(expect_number(
                                                value, 0, 15, "0 to 15 wait states, least or acr"))
                                          : std::nullopt;
              m.flash_choice_.latency = states;
              m.flash_choice_.least_latency = text && *text == least;
          }}},
        {"flash.prefetch", flash(&FlashChoice::prefetch)},
        {"flash.instruction_cache", flash(&FlashChoice::instruction_cache)},
        {"flash.data_cache", flash(&FlashChoice::data_cache)},
        {"bus.arbitration",
         {[](const Machine& m) { return i64{m.tiers.cycle_model.pipeline.matrix.arbitration}; },
          [](Machine& m, const Property& value) {
              m.tiers.cycle_model.pipeline.matrix.arbitration =
                  expect_number(value, 0, 15, "0 to 15 cycles");
          }}},
        {"bus.parked",
         {[](const Machine& m) {
              const u8 slave = m.tiers.cycle_model.pipeline.matrix.parked;
              return slave == Regions::no_slave ? std::string(nothing)
                                                : m.bus.regions.slave_name(slave);
          },
          [](Machine& m, const Property& value) {
              const char* const wanted = "a memory or bus of the board, or none";
              const auto name = expect<std::string>(value, wanted);
              const u8 slave = m.bus.regions.slave(name);
              if (slave == Regions::no_slave && name != nothing)
                  throw WrongValue{wanted};
              m.tiers.cycle_model.pipeline.matrix.parked = slave;
          }}},
        {"timing.sleep_wakeup",
         {[](const Machine& m) { return i64{m.tiers.cycle_model.wakeup_cycles}; },
          [](Machine& m, const Property& value) {
              m.tiers.cycle_model.wakeup_cycles = expect_number(value, 0, 1000, "0 to 1000 cycles");
          }}},
        {"timing.bus_change",
         {[](const Machine& m) { return m.tiers.cycle_model.pipeline.rules.bus_change; },
          [](Machine& m, const Property& value) {
              m.tiers.cycle_model.pipeline.rules.bus_change = expect<bool>(value, "true or false");
          }}},
        {"timing.fetch_restart",
         {[](const Machine& m) {
              return std::string(restart_names[static_cast<int>(
                  m.tiers.cycle_model.pipeline.rules.fetch_restart)]);
          },
          [](Machine& m, const Property& value) {
              m.tiers.cycle_model.pipeline.rules.fetch_restart = static_cast<FetchRestart>(
                  expect_name(value, restart_names, "at_once, late or paced"));
          }}},
        {"timing.cpi_percent",
         {[](const Machine& m) { return i64{m.tiers.constant_rate.percent}; },
          [](Machine& m, const Property& value) {
              m.tiers.constant_rate.percent = expect_number(value, 100, 1000, "100 to 1000");
              m.core.code_changed();
          }}},
        {"timing.memoise",
         {[](const Machine& m) { return m.tiers.cycle_model.pipeline.memoise; },
          [](Machine& m, const Property& value) {
              m.tiers.cycle_model.pipeline.memoise = expect<bool>(value, "true or false");
          }}},
    };
    return table;
}

void Machine::configure(const std::string& option, const Property& value) {
    const auto found = option_table().find(option);
    if (found == option_table().end()) {
        std::string known;
        for (const auto& [name, what] : option_table())
            known += (known.empty() ? "" : ", ") + name;
        throw CoreError("no option " + option + "; there are " + known);
    }
    try {
        found->second.set(*this, value);
    } catch (const WrongValue& wrong) {
        throw CoreError("option " + option + " takes " + wrong.wanted);
    }
    core.code_changed(); // what was remembered holds no more
    if (flash_)
        configure_accelerator();
}

Properties Machine::options() const {
    Properties result;
    for (const auto& [name, option] : option_table())
        result.emplace(name, option.get(*this));
    return result;
}

} // namespace tinysim
