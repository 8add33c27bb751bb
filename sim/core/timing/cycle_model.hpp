#pragma once

#include "pipeline.hpp"
#include "timing.hpp"

namespace tinysim {

/// Tier T3: the pipeline of the core over the buses and the flash of the chip.
class CycleModel final : public Timing {
public:
    explicit CycleModel(const Regions& regions) : pipeline(&regions, &memo_) {}

    void prepare(Block& block) const override;
    bool follows_trace() const override { return true; }
    Cycles run(Block& block, Way way, Cycles) override {
        pipeline.run_block(block, way.trace, way.exit != Exit::next);
        return pipeline.now();
    }
    Cycles run_part(const Part& part, Cycles now) override;
    Cycles stack_lazily(u32 words, Cycles now) override;
    Cycles preview(const Part& part, Cycles now) const override;
    Cycles switch_context(const ContextSwitch& change, Cycles now) override;
    Cycles wakeup() const override { return wakeup_cycles; }
    void restart(Cycles now) override { pipeline.restart(now); }
    void reset(Cycles now) override { pipeline.reset(now); }
    void forget_code() override;
    std::optional<Repeated> repeated(Block& block, Way way) override;
    void repeat(u64 rounds) override { pipeline.repeat(rounds); }
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
    Traffic traffic_;
    /// What a round of a loop that may only wait begins with: equal ones go on equally.
    struct Round {
        PipelineState state;
        Cycles bridge_phase = 0;
        u64 fetch_misses = 0, fetch_prefetched = 0, read_misses = 0;
        bool operator==(const Round&) const = default;
    };
    Round round() const;

    Memo memo_;
    Round round_;
    u64 reads_before_ = 0;
    Counts counts_before_; ///< when it `counts_round_`: what is not remembered has to be counted
    bool counts_round_ = false;

public:
    Pipeline pipeline;
    u32 wakeup_cycles = 0; ///< from sleep to execution
};

} // namespace tinysim
