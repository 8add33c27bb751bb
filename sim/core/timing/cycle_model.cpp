#include "cycle_model.hpp"

namespace tinysim {
namespace {

Pipeline::Path path_of(const Execution& execution, bool taken) {
    return {execution.block.instructions.data(), execution.count, execution.trace, taken};
}

} // namespace

void CycleModel::prepare(Block& block) const {
    block.bound = Pipeline::bound(block);
    block.can_remember = Pipeline::can_remember(block);
}

Cycles CycleModel::run(const Execution& execution, Cycles) {
    pipeline.run_block(execution.block, path_of(execution, execution.exit != Exit::next));
    if (execution.stacked != 0) [[unlikely]]
        pipeline.stall(execution.stacked);
    return pipeline.now();
}

Cycles CycleModel::run_part(const Execution& execution, Cycles) {
    pipeline.run(path_of(execution, execution.exit == Exit::diverted));
    if (execution.stacked != 0)
        pipeline.stall(execution.stacked);
    return pipeline.now();
}

Cycles CycleModel::preview(const Execution& execution, Cycles) const {
    Pipeline ahead = pipeline;
    ahead.traffic = nullptr;
    ahead.run(path_of(execution, false));
    return ahead.now();
}

Cycles CycleModel::switch_context(const ContextSwitch& change, Cycles now) {
    return pipeline.switch_context(change, now);
}

void CycleModel::forget_code() {
    pipeline.detach();
    states_.clear();
}

void CycleModel::begin_round() {
    round_ = {pipeline.signature(), pipeline.counts, pipeline.accelerator.reads};
}

/// What is fetched or accessed in a round was asked for in it, or in the one before: what is older
/// than both, and the restart of a fetcher, makes nothing wait.
bool CycleModel::is_repeating(Cycles period) {
    constexpr Cycles margin = 16;
    Pipeline::Signature now = pipeline.signature();
    for (std::size_t i = 0; i < Pipeline::signature_times; ++i)
        for (Cycles* age : {&now[i], &round_.signature[i]})
            if (const i64 signed_age = static_cast<i64>(*age);
                signed_age > static_cast<i64>(2 * period + margin))
                *age = 2 * period + margin;
    return round_.signature == now;
}

void CycleModel::repeat(u64 rounds, Cycles period) {
    pipeline.repeat(rounds, period, round_.counts, round_.reads);
}

void CycleModel::count_traffic(std::vector<std::pair<u32, u32>> parts) {
    traffic_.start(std::move(parts));
    pipeline.traffic = traffic_.is_on() ? &traffic_ : nullptr;
}

std::map<std::string, u64> CycleModel::counters() const {
    const Counts& counts = pipeline.counts;
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
