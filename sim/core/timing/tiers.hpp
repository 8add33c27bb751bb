#pragma once

#include "../options.hpp"
#include "counting.hpp"
#include "cycle_model.hpp"
#include "manual.hpp"

namespace tinysim {

/// From one instruction a cycle to the pipeline, cycle by cycle.
enum class Tier : u8 { t0, t1, t2, t3 };

/// The models of time, one a tier.
class Tiers {
public:
    explicit Tiers(const Regions& regions) : cycle_model(regions), regions_(regions) {}

    Timing& operator[](Tier tier);
    /// Adds the options of all models.
    void offer(Options& options);
    /// What a snapshot holds of them, and the tier in which it is, or was, taken.
    Tier fields(State& state, Tier tier);

    InstructionCount instruction_count;
    ConstantRate constant_rate;
    ManualCycles manual;
    CycleModel cycle_model;

private:
    const Regions& regions_;
};

} // namespace tinysim
