#include "accelerator.hpp"

#include <algorithm>

namespace tinysim {
namespace {

u32 wait_until(Cycles ready, Cycles t) {
    return ready > t + 1 ? static_cast<u32>(ready - (t + 1)) : 0;
}

} // namespace

/// A prefetch goes one row ahead, where that is not at hand already.
void Accelerator::plan_prefetch(u32 row, Cycles t) {
    if (!timing_.prefetch || row == prefetched_row_ || row == fetch_row_)
        return;
    if (timing_.instruction_cache && instructions_.holds(tag(row), part(row)))
        return;
    planned_row_ = row;
    planned_from_ = t;
}

/// It starts when the array is free before the next access needs it.
void Accelerator::start_prefetch(Cycles before) {
    if (planned_row_ == none)
        return;
    const Cycles start = std::max(planned_from_, busy_ + 1);
    if (start >= before)
        return;
    busy_ = prefetched_ready_ = start + timing_.wait_states;
    prefetched_row_ = planned_row_;
    planned_row_ = none;
}

Cycles Accelerator::load_row(Cycles t) {
    const Cycles start = std::max(t + 1, busy_ + 1);
    return busy_ = start + timing_.wait_states;
}

u32 Accelerator::fetch_row(u32 address, Cycles t) {
    const u32 row = address >> timing_.row_shift;
    start_prefetch(t + 1);
    if (timing_.instruction_cache)
        if (const auto* line = instructions_.find(tag(row)))
            if ((line->valid >> part(row) & 1) != 0) {
                fetch_row_ = row;
                fetch_row_ready_ = line->ready[part(row)];
                return wait_until(fetch_row_ready_, t);
            }
    if (row == fetch_row_)
        return wait_until(fetch_row_ready_, t);
    if (row == prefetched_row_) {
        ++fetch_prefetched;
        const Cycles ready = std::max(prefetched_ready_, t + 1);
        fetch_row_ = row;
        fetch_row_ready_ = ready;
        prefetched_row_ = none;
        if (timing_.instruction_cache)
            ++version_, instructions_.insert(tag(row), part(row), ready);
        plan_prefetch(row + 1, ready);
        return wait_until(ready, t);
    }
    ++fetch_misses;
    planned_row_ = none;
    const Cycles ready = load_row(t);
    fetch_row_ = row;
    fetch_row_ready_ = ready;
    if (timing_.instruction_cache)
        ++version_, instructions_.insert(tag(row), part(row), ready);
    plan_prefetch(row + 1, ready + 1);
    return wait_until(ready, t);
}

bool Accelerator::look_up(u32 address) {
    const u32 row = address >> timing_.row_shift;
    ++reads;
    if (timing_.data_cache)
        if (const auto* line = data_.find(tag(row)))
            if ((line->valid >> part(row) & 1) != 0)
                return true;
    if (row == read_row_)
        return true;
    ++read_misses;
    read_row_ = row;
    if (timing_.data_cache)
        data_.insert(tag(row), part(row), 0);
    return false;
}

u32 Accelerator::load(Cycles t) {
    start_prefetch(t + 1);
    return wait_until(load_row(t), t);
}

void Accelerator::fields(State& state) {
    instructions_.fields(state);
    data_.fields(state);
    for (Cycles* field : {&busy_, &fetch_row_ready_, &prefetched_ready_, &planned_from_})
        state(*field);
    for (u32* field : {&fetch_row_, &read_row_, &prefetched_row_, &planned_row_})
        state(*field);
    for (u64* field : {&fetch_misses, &fetch_prefetched, &reads, &read_misses})
        state(*field);
    ++version_;
}

void Accelerator::shift(Cycles delta) {
    for (Cycles* time : {&busy_, &fetch_row_ready_, &prefetched_ready_, &planned_from_})
        *time += delta;
}

} // namespace tinysim
