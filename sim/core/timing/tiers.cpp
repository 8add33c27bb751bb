#include "tiers.hpp"

namespace tinysim {
namespace {

constexpr const char* restart_names[] = {"at_once", "late", "paced"};
constexpr const char* nothing = "none";

} // namespace

Timing& Tiers::operator[](Tier tier) {
    switch (tier) {
    case Tier::t0:
        return instruction_count;
    case Tier::t1:
        return constant_rate;
    case Tier::t2:
        return manual;
    case Tier::t3:
        break;
    }
    return cycle_model;
}

void Tiers::offer(Options& options) {
    Pipeline& pipeline = cycle_model.pipeline;
    options.add_number("timing.cpi_percent", constant_rate.percent, 100, 1000, "100 to 1000");
    options.add_number("timing.sleep_wakeup", cycle_model.wakeup_cycles, 0, 1000,
                       "0 to 1000 cycles");
    options.add_number("bus.arbitration", pipeline.matrix.arbitration, 0, 15, "0 to 15 cycles");
    options.add_flag("timing.bus_change", pipeline.rules.bus_change);
    options.add_flag("timing.memoise", pipeline.memoise);
    options.add(
        "bus.parked",
        [this, &pipeline] {
            const u8 slave = pipeline.matrix.parked;
            return slave == Regions::no_slave ? std::string(nothing) : regions_.slave_name(slave);
        },
        [this, &pipeline](const Property& value) {
            const char* const wanted = "a memory or bus of the board, or none";
            const auto name = Options::expect<std::string>(value, wanted);
            const u8 slave = regions_.slave(name);
            if (slave == Regions::no_slave && name != nothing)
                throw Options::WrongValue{wanted};
            pipeline.matrix.parked = slave;
        });
    options.add(
        "timing.fetch_restart",
        [&pipeline] {
            return std::string(restart_names[static_cast<int>(pipeline.rules.fetch_restart)]);
        },
        [&pipeline](const Property& value) {
            pipeline.rules.fetch_restart = static_cast<FetchRestart>(
                Options::expect_name(value, restart_names, "at_once, late or paced"));
        });
}

Tier Tiers::fields(State& state, Tier tier) {
    state(tier);
    manual.fields(state);
    cycle_model.fields(state);
    return tier;
}

} // namespace tinysim
