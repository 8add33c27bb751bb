#pragma once

#include "pipeline.hpp"
#include "timing.hpp"

namespace tinysim {

/// Tier T3: the pipeline of the core over the buses and the flash of the chip.
class CycleModel final : public Timing {
public:
    explicit CycleModel(const Regions& regions) : pipeline(&regions, &states_) {}

    void prepare(Block& block) const override;
    bool follows_trace() const override { return true; }
    Cycles run(const Execution& execution, Cycles now) override;
    Cycles run_part(const Execution& execution, Cycles now) override;
    Cycles preview(const Execution& execution, Cycles now) const override;
    Cycles switch_context(const ContextSwitch& change, Cycles now) override;
    Cycles wakeup() const override { return wakeup_cycles; }
    void restart(Cycles now) override { pipeline.restart(now); }
    void reset(Cycles now) override { pipeline.reset(now); }
    void forget_code() override;
    void begin_round() override;
    bool is_repeating(Cycles period) override;
    void repeat(u64 rounds, Cycles period) override;
    std::map<std::string, u64> counters() const override;
    /// Counts reads of these parts of memory from now on, each given by its first byte and size;
    /// none ends it.
    void count_traffic(std::vector<std::pair<u32, u32>> parts);
    const Traffic& traffic() const { return traffic_; }
    void fields(State& state) override { pipeline.fields(state); }

private:
    PipelineStates states_;
    Traffic traffic_;
    /// What a round of a loop that may only wait began with.
    struct Round {
        Pipeline::Signature signature{};
        Counts counts;
        u64 reads = 0;
    } round_;

public:
    Pipeline pipeline;
    u32 wakeup_cycles = 0; ///< from sleep to execution
};

} // namespace tinysim
