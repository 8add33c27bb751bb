#include "pipeline.hpp"

#include <algorithm>
#include <cstring>

namespace tinysim {
namespace {

i16 relative(Cycles time, Cycles now) {
    const i64 difference = static_cast<i64>(time - now);
    return static_cast<i16>(std::clamp<i64>(difference, -PipelineState::horizon, 1000));
}

} // namespace

PipelineState Pipeline::compress() const {
    PipelineState state;
    const Cycles now = next_other_;
    state.previous = previous_;
    state.next_fetch = base_ + 4 * issued_;
    state.expected_pc = expected_pc_;
    state.counts = static_cast<u8>(fetch_wait_ << 4 | (was_memory_ ? 8u : 0u) | (issued_ - freed_));
    state.granted = granted_;
    state.data_slave = data_slave_;
    state.fetch_slave = fetch_slave_;
    std::size_t at = 0;
    for (const Cycles time : {last_address_, address_before_, last_data_, next_memory_, data_end_,
                              previous_start_, previous_end_})
        state.times[at++] = relative(time, now);
    for (u32 i = 0; i < 3; ++i, ++at) {
        // Only words that have been decoded make room.
        const bool freed = issued_ >= 3 - i && issued_ - (3 - i) < freed_;
        state.times[at] = freed ? relative(free_at_[(issued_ - 3 + i) & 7], now)
                                : static_cast<i16>(-PipelineState::horizon);
    }
    for (u32 i = 0; i < 4; ++i, ++at)
        state.times[at] = freed_ + i < issued_ ? relative(ready_at_[(freed_ + i) & 7], now)
                                               : static_cast<i16>(-PipelineState::horizon);
    return state;
}

void Pipeline::expand(const PipelineState& state) {
    const Cycles now = next_other_;
    // Before the beginning of time is as long ago as its beginning.
    const auto absolute = [&](i16 time) {
        return static_cast<Cycles>(std::max(static_cast<i64>(now) + time, i64{0}));
    };
    previous_ = state.previous;
    expected_pc_ = state.expected_pc;
    // Counted from a stream that began eight words earlier.
    issued_ = 8 + 4;
    const u32 waiting = state.counts & 7;
    freed_ = issued_ - waiting;
    base_ = state.next_fetch - 4 * issued_;
    was_memory_ = (state.counts & 8) != 0;
    fetch_wait_ = state.counts >> 4;
    granted_ = state.granted;
    data_slave_ = state.data_slave;
    fetch_slave_ = state.fetch_slave;
    std::size_t at = 0;
    for (Cycles* time : {&last_address_, &address_before_, &last_data_, &next_memory_, &data_end_,
                         &previous_start_, &previous_end_})
        *time = absolute(state.times[at++]);
    for (u32 i = 0; i < 3; ++i)
        free_at_[(issued_ - 3 + i) & 7] = absolute(state.times[at++]);
    for (u32 i = 0; i < 4; ++i, ++at)
        if (i < waiting)
            ready_at_[(freed_ + i) & 7] = absolute(state.times[at]);
    if (!previous_)
        restarted_ = previous_start_;
}

void Pipeline::detach() {
    settle();
    recent_ = round_from_ = nullptr;
    if (previous_ && previous_ != &last_) {
        last_ = *previous_;
        previous_ = &last_;
    }
}

void Pipeline::fields(State& state) {
    detach();
    bool filled = previous_ != nullptr;
    if (!filled)
        last_ = {};
    state(filled);
    state(last_);
    previous_ = filled ? &last_ : nullptr;
    for (u32* field : {&base_, &issued_, &freed_, &expected_pc_})
        state(*field);
    state(free_at_);
    state(ready_at_);
    for (Cycles* field :
         {&last_address_, &address_before_, &last_data_, &stream_start_, &next_other_,
          &next_memory_, &data_end_, &previous_start_, &previous_end_, &restarted_, &bus_end_})
        state(*field);
    state(was_memory_);
    for (u8* field : {&data_slave_, &fetch_slave_, &fetch_wait_, &granted_})
        state(*field);
    state(settle_counts());
    accelerator.fields(state);
}

void Pipeline::reset(Cycles now) {
    const BusMatrix buses = matrix;
    const PipelineRules chosen = rules;
    const FlashTiming timing = accelerator.timing();
    const bool remembers = memoise;
    Traffic* const told = traffic;
    memo_->take_counts(); // what is counted begins anew
    *this = Pipeline{regions_, memo_};
    matrix = buses;
    rules = chosen;
    memoise = remembers;
    traffic = told;
    accelerator.configure(timing);
    restart(now);
}

void Pipeline::restart(Cycles now) {
    settle();
    restarted_ = std::max(now, Cycles{2});
    next_other_ = next_memory_ = now;
    previous_start_ = previous_end_ = now;
    data_end_ = std::min(data_end_, now);
    last_data_ = std::min(last_data_, now);
    last_address_ = std::min(last_address_, now);
    previous_ = nullptr;
    was_memory_ = false;
    expected_pc_ = 1; // no instruction's address
    base_ = issued_ = freed_ = 0;
    free_at_ = {};
}

void Pipeline::stall(Cycles spent) {
    settle();
    next_other_ += spent;
    next_memory_ = std::max(next_memory_, next_other_);
    data_end_ = std::max(data_end_, next_other_ - 1);
}

void Pipeline::pass(Cycles delta) {
    accelerator.shift(delta);
    next_other_ += delta;
    if (state_ != PipelineStates::none)
        return; // all else is relative to that
    for (Cycles* time : {&last_address_, &address_before_, &last_data_, &stream_start_,
                         &next_memory_, &data_end_, &previous_start_, &previous_end_, &restarted_})
        *time += delta;
    for (unsigned i = 0; i < 8; ++i) {
        free_at_[i] += delta;
        ready_at_[i] += delta;
    }
}

u32 PipelineStates::number(const PipelineState& state) {
    static_assert(sizeof(PipelineState) == 48, "no padding that differs between equal states");
    if (table_.empty())
        table_.assign(slots, none);
    std::array<u64, 6> words;
    std::memcpy(words.data(), &state, sizeof state);
    u64 hash = 0;
    for (const u64 word : words) {
        hash = (hash ^ word) * 0x9E3779B97F4A7C15;
        hash ^= hash >> 31;
    }
    u32 slot = static_cast<u32>(hash) & (slots - 1);
    for (; table_[slot] != none; slot = (slot + 1) & (slots - 1))
        if (states_[table_[slot]] == state)
            return table_[slot];
    if (states_.size() == slots / 2)
        return none;
    table_[slot] = static_cast<u32>(states_.size());
    states_.push_back(state);
    return table_[slot];
}

void PipelineStates::clear() {
    states_.clear();
    table_.clear();
}

} // namespace tinysim
