#pragma once

#include "counts.hpp"
#include "pipeline_state.hpp"

#include <deque>
#include <utility>
#include <vector>

namespace tinysim {

/// What a block asked the flash accelerator for, and how long that let it wait.
struct FlashRead {
    u32 address = 0;
    i16 at = 0; ///< from the block's start
    u8 wait = 0;
    bool load = false; ///< of data that were not at hand; else a fetch
};

/// What a block did: from one state to another, as long as flash lets it wait as it did then.
struct BlockTiming {
    const Block* block = nullptr;
    u64 path = 0; ///< what the trace and the exit decided, see Pipeline::follow
    u32 before = 0, after = 0;
    Cycles cycles = 0;
    BlockTiming* next = nullptr; ///< what came after it last
    u64 uses = 0;                ///< of which `counts` is still to be added
    Counts counts;
    std::vector<FlashRead> reads;
    // Of a whole block of at most eight traced instructions, of which only the kinds matter:
    bool plain = false;
    bool taken = false;
    u64 kinds = 0;
    // Where nothing waited, it is enough to know that all is in the instruction cache:
    bool waited = false;
    u64 version = ~u64{0}; ///< of the cache, in which all rows were found last
    std::vector<u32> rows; ///< that it fetched
    u32 last_row = 0;
    std::vector<u8> lines; ///< of the cache that these are in, in order of last use

    bool is(const Block& other, u64 other_path, u32 from) const {
        return path == other_path && before == from && block == &other;
    }
};

/// What is remembered of blocks, in all states that were met. A timing stays where it is until all
/// are forgotten; what it was may change.
class Memo {
public:
    PipelineStates states;

    BlockTiming* add() { return &timings_.emplace_back(); }
    /// `times` is at least once.
    void use(BlockTiming& timing, u64 times = 1) {
        if (timing.uses == 0) [[unlikely]]
            note(timing);
        timing.uses += times;
    }
    /// What the uses amount to that have not been taken.
    Counts counts() const {
        Counts sum = settled_;
        for (const BlockTiming* timing : used_)
            sum += timing->counts * timing->uses;
        return sum;
    }
    void settle() {
        settled_ = counts();
        for (BlockTiming* timing : used_)
            timing->uses = 0;
        used_.clear();
    }
    Counts take_counts() {
        settle();
        return std::exchange(settled_, {});
    }
    /// All blocks go.
    void clear() {
        states.clear();
        used_.clear();
        timings_.clear();
    }

private:
    [[gnu::noinline]] void note(BlockTiming& timing) { used_.push_back(&timing); }

    std::deque<BlockTiming> timings_;
    std::vector<BlockTiming*> used_;
    Counts settled_; ///< of uses before
};

} // namespace tinysim
