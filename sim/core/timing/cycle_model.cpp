#include "cycle_model.hpp"

#include <algorithm>

namespace tinysim {
namespace {

Pipeline::Path path_of(const Part& part, bool taken) {
    return {&part.block, part.count, part.end.slot, part.way.trace, taken};
}

} // namespace

void CycleModel::prepare(Block& block) const {
    block.bound = Pipeline::bound(block);
    block.can_remember = Pipeline::can_remember(block);
    const std::size_t slots = block.traced.size();
    block.traced_mask = slots < 8 ? (u64{1} << 8 * slots) - 1 : ~u64{0};
}

Cycles CycleModel::run_part(const Part& part, Cycles) {
    pipeline.run_part(path_of(part, part.way.exit == Exit::diverted));
    return pipeline.now();
}

Cycles CycleModel::preview(const Part& part, Cycles) const {
    return pipeline.foresee(path_of(part, false));
}

Cycles CycleModel::stack_lazily(u32 words, Cycles) {
    pipeline.stall(words);
    return pipeline.now();
}

Cycles CycleModel::switch_context(const ContextSwitch& change, Cycles now) {
    return pipeline.switch_context(change, now);
}

void CycleModel::forget_code() {
    pipeline.detach();
    pipeline.settle_counts();
    memo_.clear();
}

std::optional<Timing::Repeated> CycleModel::repeated(Block& block, Way way) {
    const BlockTiming* const timing = pipeline.repeated(block);
    if (!timing)
        return {};
    return Repeated{timing->cycles, way.trace.kinds_from(0) & block.traced_mask, block.traced_mask};
}

CycleModel::Round CycleModel::round() const {
    const Accelerator& flash = pipeline.accelerator;
    return {pipeline.state(), pipeline.bridge_phase(), flash.fetch_misses, flash.fetch_prefetched,
            flash.read_misses};
}

void CycleModel::begin_round() {
    pipeline.begin_round();
    round_ = round();
    reads_before_ = pipeline.accelerator.reads;
    if (counts_round_)
        counts_before_ = pipeline.settle_counts();
}

/// What is fetched or accessed in a round was asked for in it, or in the one before: what is older
/// than both, and the restart of a fetcher, makes nothing wait.
bool CycleModel::is_repeating(Cycles period) {
    constexpr Cycles margin = 16;
    const auto oldest = -static_cast<i32>(std::min<Cycles>(2 * period + margin, 0x7FFF));
    Round now = round();
    for (std::size_t i = 0; i < now.state.times.size(); ++i)
        if (now.state.times[i] <= oldest && round_.state.times[i] <= oldest)
            now.state.times[i] = round_.state.times[i];
    if (now != round_)
        return false;
    return counts_round_ || pipeline.remembers_round(period) || !(counts_round_ = true);
}

void CycleModel::repeat(u64 rounds, Cycles period) {
    const u64 reads = pipeline.accelerator.reads - reads_before_;
    if (counts_round_)
        pipeline.repeat_counted(rounds, counts_before_);
    else
        pipeline.repeat_remembered(rounds);
    counts_round_ = false;
    pipeline.accelerator.reads += reads * rounds;
    pipeline.pass(rounds * period);
}

void CycleModel::count_traffic(std::vector<std::pair<u32, u32>> parts) {
    traffic_.start(std::move(parts));
    pipeline.detach(); // what is remembered is not counted
    pipeline.traffic = traffic_.is_on() ? &traffic_ : nullptr;
}

std::map<std::string, u64> CycleModel::counters() const {
    const Counts counts = pipeline.counted();
    const Accelerator& accelerator = pipeline.accelerator;
    return {{"stall.fetch", counts[Count::stalled_on_fetch]},
            {"stall.flash_data", counts[Count::stalled_on_flash]},
            {"stall.bus", counts[Count::stalled_on_bus]},
            {"stall.hazard", counts[Count::stalled_on_hazards]},
            {"flash.fetch", counts[Count::fetches]},
            {"ram.fetch", counts[Count::ram_fetches]},
            {"bus.access", counts[Count::bus_accesses]},
            {"bus.wait", counts[Count::bus_waits]},
            {"flash.read", accelerator.reads},
            {"flash.fetch_miss", accelerator.fetch_misses},
            {"flash.fetch_prefetched", accelerator.fetch_prefetched},
            {"flash.read_miss", accelerator.read_misses}};
}

} // namespace tinysim
