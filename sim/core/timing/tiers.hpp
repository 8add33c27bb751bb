#pragma once

#include "counting.hpp"
#include "cycle_model.hpp"
#include "manual.hpp"

namespace tinysim {

/// From one instruction a cycle to the pipeline, cycle by cycle.
enum class Tier : u8 { t0, t1, t2, t3 };

/// The models of time, one a tier.
class Tiers {
public:
    explicit Tiers(const Regions& regions) : cycle_model(regions) {}

    Timing& operator[](Tier tier) {
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

    /// What a snapshot holds of them, and in which tier it was taken.
    Tier fields(State& state, Tier tier) {
        state(tier);
        manual.fields(state);
        cycle_model.fields(state);
        return tier;
    }

    InstructionCount instruction_count;
    ConstantRate constant_rate;
    ManualCycles manual;
    CycleModel cycle_model;
};

} // namespace tinysim
