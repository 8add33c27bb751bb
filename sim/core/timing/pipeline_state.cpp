#include "pipeline.hpp"

#include <algorithm>

namespace tinysim {

void Pipeline::detach() {
    settle();
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
    state(counts);
    accelerator.fields(state);
}

void Pipeline::reset(Cycles now) {
    const BusMatrix buses = matrix;
    const PipelineRules chosen = rules;
    const FlashTiming timing = accelerator.timing();
    const bool remembers = memoise;
    *this = Pipeline{regions_, states_};
    matrix = buses;
    rules = chosen;
    memoise = remembers;
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
}

void Pipeline::stall(Cycles spent) {
    settle();
    next_other_ += spent;
    next_memory_ = std::max(next_memory_, next_other_);
    data_end_ = std::max(data_end_, next_other_ - 1);
}

void Pipeline::repeat(u64 rounds, Cycles period, const Counts& before, u64 reads_before) {
    settle();
    counts += (counts - before) * rounds;
    accelerator.reads += (accelerator.reads - reads_before) * rounds;
    const Cycles delta = rounds * period;
    for (Cycles* time :
         {&last_address_, &address_before_, &last_data_, &stream_start_, &next_other_,
          &next_memory_, &data_end_, &previous_start_, &previous_end_, &restarted_})
        *time += delta;
    for (unsigned i = 0; i < 8; ++i) {
        free_at_[i] += delta;
        ready_at_[i] += delta;
    }
    accelerator.shift(delta);
}

std::array<Cycles, 24> Pipeline::signature() {
    settle();
    std::array<Cycles, 24> result{};
    std::size_t at = 0;
    for (const Cycles time : {last_address_, address_before_, last_data_, next_memory_, data_end_,
                              previous_start_, previous_end_})
        result[at++] = static_cast<Cycles>(
            std::min(static_cast<i64>(next_other_ - time), i64{PipelineState::horizon}));
    result[at++] = issued_ - freed_;
    for (u32 i = freed_; i < issued_; ++i)
        result[at++] = static_cast<Cycles>(std::min(
            static_cast<i64>(next_other_ - ready_at_[i & 7]), i64{PipelineState::horizon}));
    result[at++] =
        u32{data_slave_} << 24 | u32{fetch_slave_} << 16 | u32{granted_} << 8 | fetch_wait_;
    result[at++] = next_other_ % std::max(matrix.apb_divider[0], matrix.apb_divider[1]);
    result[at++] = accelerator.fetch_misses;
    result[at++] = accelerator.fetch_prefetched;
    result[at] = accelerator.read_misses;
    return result;
}

} // namespace tinysim
