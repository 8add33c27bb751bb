#include "pipeline.hpp"

#include <algorithm>

namespace tinysim {
namespace {

constexpr std::size_t most_timings = 12; ///< remembered for a block

/// Reads of flash that ended this long ago make nothing wait any more.
constexpr Cycles settled = 64;

i16 relative(Cycles time, Cycles now) {
    const i64 difference = static_cast<i64>(time - now);
    return static_cast<i16>(std::clamp<i64>(difference, -PipelineState::horizon, 1000));
}

/// Walks over what a path did: `choice` gets what conditions and divisions decided, `access`
/// each instruction that accessed memory with its first address; `access` ends the walk by false.
template <class Choice, class Access>
bool walk(const Pipeline::Path& path, Choice choice, Access access) {
    const u32* trace = path.trace;
    for (u32 i = 0; i < path.count; ++i) {
        const Instruction& instruction = path.instructions[i];
        if (instruction.conditional) {
            const u32 executed = *trace++;
            choice(executed);
            if (executed == 0)
                continue;
        }
        if (instruction.kind == Kind::divide)
            choice(*trace++);
        if (accesses_memory(instruction.kind) && !access(instruction, *trace++))
            return false;
    }
    return true;
}

/// Walks over the words of flash that a path read, by their offsets.
template <class Read> bool walk_reads(const Pipeline::Path& path, Read read) {
    const auto words = [&](const Instruction& instruction, u32 address) {
        if (!is_flash(address))
            return true;
        const u32 size = instruction.accesses == 1 ? instruction.width : 4u * instruction.accesses;
        for (u32 at = address & ~3u; at < address + size; at += 4)
            if (!read(flash_offset(at)))
                return false;
        return true;
    };
    return walk(
        path, [](u32) {}, words);
}

/// Memory that differs in what it makes a read wait.
u32 region(u32 address) {
    if (is_flash(address))
        return 0;
    if (address - 0x20000000u < 0xA0000u)
        return address < 0x20030000 ? 1 : address < 0x20040000 ? 2 : 3;
    return 4;
}

} // namespace

PipelineState Pipeline::compress() const {
    PipelineState state;
    const Cycles now = next_other_;
    state.previous = previous_;
    state.next_fetch = base_ + 4 * issued_;
    state.expected_pc = expected_pc_;
    state.waiting = static_cast<u8>(issued_ - freed_);
    state.was_memory = was_memory_;
    state.was_flash = was_flash_;
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
    const auto absolute = [&](i16 time) { return now + static_cast<Cycles>(i64{time}); };
    previous_ = state.previous;
    expected_pc_ = state.expected_pc;
    // Counted from a stream that began eight words earlier.
    issued_ = 8 + 4;
    freed_ = issued_ - state.waiting;
    base_ = state.next_fetch - 4 * issued_;
    was_memory_ = state.was_memory;
    was_flash_ = state.was_flash;
    std::size_t at = 0;
    for (Cycles* time : {&last_address_, &address_before_, &last_data_, &next_memory_, &data_end_,
                         &previous_start_, &previous_end_})
        *time = absolute(state.times[at++]);
    for (u32 i = 0; i < 3; ++i)
        free_at_[(issued_ - 3 + i) & 7] = absolute(state.times[at++]);
    for (u32 i = 0; i < 4; ++i, ++at)
        if (i < state.waiting)
            ready_at_[(freed_ + i) & 7] = absolute(state.times[at]);
}

/// Everything in a path that its timing depends on but for the contents of the caches, in 64
/// well-mixed bits.
u64 Pipeline::describe(const Path& path) const {
    constexpr u64 multiplier = 0x9E3779B97F4A7C15; // 2^64 / golden ratio
    u64 value = path.taken ? 2 : 1;
    const auto add = [&](u64 part) {
        value = (value + part) * multiplier;
        value ^= value >> 29;
    };
    walk(path, add, [&](const Instruction& instruction, u32 address) {
        add(region(address) << 2 | (instruction.width != 1 ? address & 3 : 0));
        return true;
    });
    return value;
}

/// Whether every row that the block fetches is in the instruction cache and settled.
bool Pipeline::rows_hit(BlockTiming& timing) {
    if (accelerator.planning())
        return false;
    if (timing.version != accelerator.version()) {
        for (const u32 row : timing.rows)
            if (!accelerator.has_fetched(row, next_other_ - settled))
                return false;
        timing.version = accelerator.version();
    }
    return true;
}

/// Whether every read of flash finds its row in the data cache.
bool Pipeline::reads_hit(const Path& path) const {
    return walk_reads(
        path, [&](u32 offset) { return accelerator.has_read(offset, next_other_ - settled); });
}

/// The data cache's order of use, as the reads of the path leave it.
void Pipeline::touch_reads(const Path& path) {
    walk_reads(path, [&](u32 offset) {
        accelerator.touch_read(offset);
        return true;
    });
}

void Pipeline::apply(const BlockTiming& timing) {
    for (const u32 row : timing.rows)
        accelerator.touch_fetched(row);
    next_other_ += timing.cycles;
    expand(timing.after);
    stalled_on_fetch += timing.fetch_stall;
    stalled_on_sram += timing.sram_stall;
    stalled_on_hazards += timing.hazard_stall;
}

void Pipeline::remember(Block& block, const PipelineState& before, u64 description, Cycles since,
                        const std::array<u64, 3>& stalls) {
    BlockTiming timing;
    timing.before = before;
    timing.after = compress();
    timing.path = description;
    timing.cycles = next_other_ - since;
    timing.fetch_stall = stalled_on_fetch - stalls[0];
    timing.sram_stall = stalled_on_sram - stalls[1];
    timing.hazard_stall = stalled_on_hazards - stalls[2];
    timing.version = accelerator.version();
    timing.rows.assign(rows_.begin(), rows_.begin() + row_count_);
    if (block.timings.size() == most_timings)
        block.timings.pop_back();
    block.timings.insert(block.timings.begin(), std::move(timing));
}

void Pipeline::run_block(Block& block, const Path& path) {
    const bool usable =
        memoise && accelerator.timing().instruction_cache && previous_ && previous_ != &last_;
    if (!usable)
        return run(path);
    const u64 description = describe(path);
    const PipelineState before = compress();
    for (std::size_t i = 0; i < block.timings.size(); ++i) {
        BlockTiming& timing = block.timings[i];
        if (timing.path != description || !(timing.before == before))
            continue;
        if (!rows_hit(timing))
            break;
        if (!reads_hit(path))
            break;
        touch_reads(path);
        apply(timing);
        if (i > 0)
            std::swap(block.timings[i], block.timings[i / 2]);
        return;
    }
    const Cycles since = next_other_;
    const std::array<u64, 3> stalls{stalled_on_fetch, stalled_on_sram, stalled_on_hazards};
    clean_ = !accelerator.planning();
    row_count_ = 0;
    const u64 work = accelerator.work();
    run(path);
    if (clean_ && work == accelerator.work())
        remember(block, before, description, since, stalls);
}

} // namespace tinysim
