#include "pipeline.hpp"

#include <algorithm>

namespace tinysim {
namespace {

constexpr std::size_t most_timings = 16; ///< remembered for a block

/// The kinds in a trace of which the addresses matter.
constexpr u64 specials = u64{Regions::special} * 0x0101'0101'0101'0101;

/// Reads of flash that ended this long ago make nothing wait any more.
constexpr Cycles settled = 64;

/// Mixes in another word, with a constant of splitmix64's (Steele, Lea and Flood, OOPSLA 2014).
constexpr u64 mix(u64 value, u64 word) {
    value = (value ^ word) * 0xBF58476D1CE4E5B9;
    return value ^ value >> 29;
}

} // namespace

bool Pipeline::can_remember(const Block& block) {
    u32 reads = 0;
    for (const Instruction& instruction : block.instructions)
        reads += instruction.accesses == 1 ? 3 : instruction.accesses;
    return reads <= most_reads;
}

/// Follows a path to everything that its timing depends on but for the instruction cache and the
/// state before it: up to eight traced instructions as they are in the trace, more of them in 64
/// well-mixed bits. False: it is no path that can be remembered.
inline bool Pipeline::follow(const Path& path, u64& value) {
    any_misses_ = any_special_ = false;
    value = (u64{path.count} << 1 | (path.taken ? 1u : 0u)) * 0x94D049BB133111EB;
    u32 slot = 0;
    u32 reads = 0;
    do {
        u64 kinds = path.trace.kinds_from(slot);
        if (path.slots - slot < 8)
            kinds &= (u64{1} << 8 * (path.slots - slot)) - 1;
        value = mix(value, kinds);
        if (const u64 special = kinds & specials; special != 0) [[unlikely]]
            if (!follow_addresses(path, slot, special, reads, value))
                return false;
        slot += 8;
    } while (slot < path.slots);
    return true;
}

/// Where more matters of an access than its kind: reads of flash, bridges, bit-bands. `special`
/// has a bit for each in a group of eight.
bool Pipeline::follow_addresses(const Path& path, u32 slot, u64 special, u32& reads, u64& value) {
    const auto kinds = path.trace.kinds.begin();
    // First, as reads that have been looked up are counted.
    if (!any_special_ &&
        std::find(kinds + slot, kinds + path.slots, Trace::irregular) != kinds + path.slots)
        return false;
    any_special_ = true;
    for (; special != 0; special &= special - 1) {
        const u32 here = slot + static_cast<u32>(__builtin_ctzll(special)) / 8;
        const u32 address = path.trace.addresses[here];
        const Region& region = (*regions_)[address];
        value = mix(value, region.number);
        if (region.aliased != 0)
            value = mix(value, regions_->behind(address).number);
        if (region.bridge != 0)
            value = mix(value, matrix.phase(region.bridge, next_other_));
        const Instruction& instruction = path.block->instructions[path.block->traced[here]];
        if (!region.flash || is_store(instruction.kind))
            continue;
        each_access(instruction, address, [&](u32 at) {
            if (!accelerator.look_up(at - region.first)) {
                if (!any_misses_)
                    misses_.reset();
                any_misses_ = true;
                misses_.set(reads);
                value = mix(value, reads + 1);
            }
            ++reads;
        });
    }
    return true;
}

/// Whether all that a block fetches is at hand: in the instruction cache, and settled. Then it is
/// also known where.
bool Pipeline::is_at_hand(BlockTiming& timing) const {
    if (timing.version == accelerator.version())
        return true;
    if (timing.waited || (!timing.rows.empty() && !accelerator.timing().instruction_cache))
        return false;
    for (const u32 row : timing.rows)
        if (!accelerator.has_fetched(row, next_other_ - settled))
            return false;
    timing.version = accelerator.version();
    timing.lines.clear();
    for (auto row = timing.rows.rbegin(); row != timing.rows.rend(); ++row) {
        const u8 line = accelerator.line_of(*row);
        if (std::find(timing.lines.begin(), timing.lines.end(), line) == timing.lines.end())
            timing.lines.push_back(line);
    }
    std::reverse(timing.lines.begin(), timing.lines.end());
    return true;
}

/// Asks the accelerator for what a block asked it for, as long as the answers are the same.
bool Pipeline::read_again(const BlockTiming& timing) {
    for (u32 i = 0; i < waits_known_; ++i)
        if (i == timing.reads.size() || reads_[i].wait != timing.reads[i].wait)
            return false;
    while (waits_known_ < timing.reads.size()) {
        const FlashRead& read = timing.reads[waits_known_];
        const Cycles at = next_other_ + static_cast<Cycles>(i64{read.at});
        const u32 wait = read.load ? accelerator.load(at) : accelerator.fetch(read.address, at);
        reads_[waits_known_] = read;
        reads_[waits_known_++].wait = static_cast<u8>(wait);
        if (wait != read.wait)
            return false;
    }
    return true;
}

/// Does what a block did then, if flash lets it wait as it did. Where all is at hand and nothing
/// waits, a prefetch that is planned may start meanwhile: nobody can tell, and the next fetch that
/// is more than this starts it.
inline bool Pipeline::apply(BlockTiming& timing) {
    if (waits_known_ == 0 && is_at_hand(timing))
        accelerator.touch_fetched(timing.lines, timing.last_row);
    else if (!read_again(timing))
        return false;
    next_other_ += timing.cycles;
    state_ = timing.after;
    if (recent_)
        recent_->next = &timing;
    recent_ = &timing;
    return true;
}

/// Does what the block did when it came from this state by this path; false: it is not known.
inline bool Pipeline::recall(Block& block, u64 path, u32 before) {
    if (recent_) {
        BlockTiming* const next = recent_->next;
        if (next && next->is(block, path, before) && apply(*next)) [[likely]]
            return true;
    }
    for (std::size_t i = 0; i < block.timings.size(); ++i) {
        BlockTiming* const timing = block.timings[i];
        if (!timing->is(block, path, before) || !apply(*timing))
            continue;
        if (i > 0)
            std::swap(block.timings[i], block.timings[i / 2]);
        return true;
    }
    return false;
}

/// Keeps what a block did, with what it asked of flash.
void Pipeline::remember(Block& block, BlockTiming timing) {
    timing.reads.assign(reads_.begin(), reads_.begin() + reads_made_);
    for (const FlashRead& read : timing.reads) {
        timing.waited = timing.waited || read.load || read.wait != 0;
        const u32 row = accelerator.row_of(read.address);
        if (timing.rows.empty() || timing.rows.back() != row)
            timing.rows.push_back(row);
        timing.last_row = row;
    }
    BlockTiming* place = nullptr;
    if (block.timings.size() == most_timings) {
        memo_->settle(); // what goes has been used
        place = block.timings.back();
        block.timings.pop_back();
    } else {
        place = memo_->add();
    }
    *place = std::move(timing);
    block.timings.insert(block.timings.begin(), place);
    state_ = place->after;
    if (recent_)
        recent_->next = place;
    recent_ = place;
}

void Pipeline::run_part(const Path& path) {
    u64 description = 0;
    if (!can_recall(path) || !follow(path, description))
        return run(path);
    const u32 before = numbered();
    if (recall(*path.block, description, before))
        memo_->use(*recent_);
    else
        work_out(path, description, before);
    waits_known_ = 0;
}

/// In a copy, which shares the memory of timings: what is at hand is asked before its caches
/// change.
Cycles Pipeline::foresee(const Path& path) const {
    Pipeline ahead = *this;
    ahead.traffic = nullptr;
    u64 description = 0;
    if (!ahead.can_recall(path) || !ahead.follow(path, description)) {
        ahead.run(path);
        return ahead.now();
    }
    const u32 before = ahead.numbered();
    if (!ahead.recall(*path.block, description, before))
        ahead.work_out(path, description, before);
    return ahead.now();
}

/// Works out what a block does from a state, and remembers it.
void Pipeline::work_out(const Path& path, u64 description, u32 before) {
    settle();
    begun_ = next_other_;
    const Counts counts_before = counts_;
    read_count_ = reads_made_ = 0;
    followed_ = true;
    run(path);
    followed_ = false;
    const u32 after = memo_->states.number(compress());
    if (before == PipelineStates::none || after == PipelineStates::none ||
        reads_made_ > most_flash_reads)
        return;
    BlockTiming timing;
    timing.block = path.block;
    timing.path = description;
    timing.before = before;
    timing.after = after;
    timing.plain = !any_special_ && path.slots <= 8 && path.count == path.block->count;
    timing.kinds = path.trace.kinds_from(0) & path.block->traced_mask;
    timing.taken = path.taken;
    timing.cycles = next_other_ - begun_;
    timing.counts = counts_ - counts_before;
    remember(*path.block, std::move(timing));
}

const BlockTiming* Pipeline::repeated(const Block& block) const {
    const BlockTiming* const timing = recent_;
    const bool again = timing && timing->block == &block && timing->before == state_ &&
                       timing->after == state_ && timing->plain &&
                       timing->version == accelerator.version();
    return again ? timing : nullptr;
}

void Pipeline::repeat(u64 rounds) {
    next_other_ += rounds * recent_->cycles;
    memo_->use(*recent_, rounds);
}

/// Where not all of them are, or one came twice, the timings that followed one another have other
/// cycles in sum.
bool Pipeline::remembers_round(Cycles period) const {
    Cycles sum = 0;
    const BlockTiming* timing = round_from_;
    for (unsigned steps = 0; timing && steps < longest_block && sum < period; ++steps) {
        timing = timing->next;
        sum += timing ? timing->cycles : 0;
    }
    return timing && timing == recent_ && sum == period;
}

void Pipeline::repeat_remembered(u64 rounds) {
    BlockTiming* timing = round_from_;
    do {
        timing = timing->next;
        memo_->use(*timing, rounds);
    } while (timing != recent_);
}

void Pipeline::repeat_counted(u64 rounds, const Counts& before) {
    settle_counts();
    counts_ += (counts_ - before) * rounds;
}

} // namespace tinysim
