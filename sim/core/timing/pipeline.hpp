#pragma once

#include "../memory/regions.hpp"
#include "accelerator.hpp"
#include "memo.hpp"
#include "timing.hpp"
#include "traffic.hpp"

#include <bitset>

namespace tinysim {

/// The bus matrix as the core's system bus meets it (inferred: docs/timing.md).
struct BusMatrix {
    /// Cycles of the first access to a slave that the bus is not granted. A grant ends when the
    /// bus turns to another slave or idles.
    u32 arbitration = 0;
    /// The slave whose grant outlasts idle cycles.
    u8 parked = Regions::no_slave;
    /// HCLK cycles a cycle of APB1 and of APB2: powers of two.
    std::array<u32, 2> apb_divider{1, 1};
    /// How many of them have gone at a time.
    u32 phase(unsigned bridge, Cycles t) const {
        return static_cast<u32>(t) & (apb_divider[bridge - 1] - 1);
    }
};

/// When a fetcher of flash with wait states starts again that had stopped for want of room in
/// its buffer. Without wait states it is `at_once`.
enum class FetchRestart : u8 {
    at_once, ///< in the cycle in which there is room
    late,    ///< one cycle later
    paced,   ///< one cycle later, unless it was issuing in each of the two cycles before
};

/// What no document says (docs/timing.md).
struct PipelineRules {
    bool bus_change = true; ///< a change between flash and SRAM ends the pipelining of accesses
    FetchRestart fetch_restart = FetchRestart::late;
};

/// Into how many accesses a single one is split: an unaligned half-word goes in bytes, a word in
/// half-words or in byte, half-word, byte.
constexpr u32 pieces_of(const Instruction& instruction, u32 address) {
    if (instruction.accesses != 1 || (address & (instruction.width - 1u)) == 0)
        return 1;
    return instruction.width == 2 || (address & 3) == 2 ? 2 : 3;
}

/// The data accesses of an instruction, in order.
template <class Access>
void each_access(const Instruction& instruction, u32 address, Access access) {
    const u32 pieces = pieces_of(instruction, address);
    if (pieces == 1) {
        for (u32 i = 0; i < instruction.accesses; ++i)
            access(address + 4 * i);
        return;
    }
    access(address);
    access(address + (pieces == 2 ? instruction.width / 2u : 1));
    if (pieces == 3)
        access(address + 3);
}

/// Tier T3: fetch, decode and execute of the Cortex-M4 cycle by cycle, over the buses of the
/// STM32L4R5. It is given what was executed, block by block, and says when that was done.
class Pipeline {
public:
    /// How instructions came to their end.
    struct Path {
        Block* block;
        u32 count; ///< instructions, from its start
        u32 slots; ///< that they have in the trace
        const Trace& trace;
        bool taken; ///< the last one branched
    };
    void run(const Path& path);
    /// As `run`: what was done before in the same state need not be worked out again.
    void run_part(const Path& path);
    /// The same for a whole block.
    void run_block(Block& block, const Trace& trace, bool taken) {
        // What came last after what comes before it now comes mostly again.
        BlockTiming* const next = recent_ ? recent_->next : nullptr;
        if (next && next->block == &block && next->before == state_ && next->plain &&
            next->kinds == (trace.kinds_from(0) & block.traced_mask) && next->taken == taken &&
            next->version == accelerator.version()) [[likely]] {
            accelerator.touch_fetched(next->lines, next->last_row);
            next_other_ += next->cycles;
            state_ = next->after;
            recent_ = next;
            memo_->use(*next);
            return;
        }
        run_part({&block, block.count, static_cast<u32>(block.traced.size()), trace, taken});
    }
    /// When the path will have ended.
    Cycles foresee(const Path& path) const;
    /// Forgets where the last instruction lies: its block is about to go.
    void detach();
    Pipeline(const Regions* regions, Memo* memo) : regions_(regions), memo_(memo) {}
    /// What a snapshot holds of it: no option, and nothing that the memory of timings needs.
    void fields(State& state);
    bool memoise = true;
    /// Told of every data access over the system bus, where there is one; nothing is remembered
    /// then.
    Traffic* traffic = nullptr;
    /// The cycle in which the next instruction can execute.
    Cycles now() const { return next_other_; }
    /// The chip is reset: nothing is cached or under way.
    void reset(Cycles now);
    /// The pipeline is empty at `now`: sleep, reset.
    void restart(Cycles now);
    /// When the first instruction that comes after a switch can be fetched.
    Cycles switch_context(const ContextSwitch& change, Cycles now);
    /// Nothing executes for so many cycles.
    void stall(Cycles spent);
    /// So many cycles pass as those before them did: all that was is later by them.
    void pass(Cycles delta);
    /// A loop begins a round.
    void begin_round() { round_from_ = recent_; }
    /// Whether what its blocks did is all remembered, when it has come to its end.
    bool remembers_round(Cycles period) const;
    /// Counts further rounds: by what is remembered, or all that has been counted since `before`.
    void repeat_remembered(u64 rounds);
    void repeat_counted(u64 rounds, const Counts& before);
    /// The state relative to now; equal ones go on equally, as long as the caches hit.
    PipelineState state() const {
        return state_ == PipelineStates::none ? compress() : memo_->states[state_];
    }
    /// What of bridges' clocks has gone by now.
    Cycles bridge_phase() const {
        return std::max(matrix.phase(1, next_other_), matrix.phase(2, next_other_));
    }
    /// The timing that a block which has just branched to itself will have in each further round
    /// that accesses the same kinds of memory; null: that depends on more.
    const BlockTiming* repeated(const Block& block) const;
    /// So many further rounds of it.
    void repeat(u64 rounds);
    /// What has been counted.
    Counts counted() const {
        Counts sum = memo_->counts();
        return sum += counts_;
    }
    Counts& settle_counts() { return counts_ += memo_->take_counts(); }
    /// More cycles than a block can take.
    static Cycles bound(const Block& block);
    /// Whether what a block takes can be remembered.
    static bool can_remember(const Block& block);

    Accelerator accelerator;
    BusMatrix matrix;
    PipelineRules rules;

private:
    static constexpr u32 buffer_words = 3;
    static constexpr u32 most_reads = 256; ///< of flash, in a block that can be remembered

    void execute(const Instruction& instruction, const Trace& trace, u32& slot, bool taken);
    Cycles issue_time() const;
    bool restarts_late(Cycles freed) const;
    Cycles fetch_from_ram(const Region& region, Cycles at);
    void issue(Cycles at);
    void fetch_ahead(Cycles until);
    void redirect(u32 pc);
    void free_words(const Instruction& instruction, u32 last_word, Cycles at);
    Cycles access(const Instruction& instruction, u32 address, Cycles start, bool fetching);
    u32 data_wait(u32 address, bool write, Cycles t);
    u32 bus_wait(const Region& region, Cycles t);
    u32 matrix_wait(u8 slave, u8 granted) const;
    u32 bridge_wait(const Region& region, Cycles t) const;
    bool fetches_beside(u8 slave) const;
    bool follows(const Region& region, Cycles begin) const;
    u8 granted(const Region& region, Cycles begin) const;
    PipelineState compress() const;
    void expand(const PipelineState& state);
    /// Makes the members say again what a remembered timing left as a number.
    void settle() {
        if (state_ != PipelineStates::none) {
            expand(memo_->states[state_]);
            state_ = PipelineStates::none;
        }
    }
    bool can_recall(const Path& path) const {
        const bool known = previous_ ? previous_ != &last_ : restarted_ == previous_start_;
        return memoise && !traffic && path.block->can_remember &&
               (state_ != PipelineStates::none || known);
    }
    u32 numbered() const {
        return state_ != PipelineStates::none ? state_ : memo_->states.number(compress());
    }
    bool follow(const Path& path, u64& value);
    bool follow_addresses(const Path& path, u32 slot, u64 special, u32& reads, u64& value);
    bool is_at_hand(BlockTiming& timing) const;
    bool read_again(const BlockTiming& timing);
    bool apply(BlockTiming& timing);
    bool recall(Block& block, u64 path, u32 before);
    void work_out(const Path& path, u64 description, u32 before);
    void remember(Block& block, BlockTiming timing);
    u32 flash_wait(u32 address, Cycles at, bool load);
    Cycles address_hazard(const Instruction& instruction, Cycles start, Cycles& hazard) const;

    // The fetch stream: words from base_ on.
    u32 base_ = 0;
    u32 issued_ = 0; ///< words asked for
    u32 freed_ = 0;  ///< words that left the buffer
    std::array<Cycles, 8> free_at_{};
    std::array<Cycles, 8> ready_at_{};
    Cycles last_address_ = 0, address_before_ = 0, last_data_ = 0;
    Cycles stream_start_ = 0;
    // Execution.
    Cycles next_other_ = 1, next_memory_ = 1; ///< when an instruction, a memory access can start
    Cycles data_end_ = 0;                     ///< of the last data access
    Cycles previous_start_ = 0, previous_end_ = 0;
    Cycles restarted_ = 0;
    u32 expected_pc_ = 1;
    const Instruction* previous_ = nullptr; ///< null: the pipeline was empty
    Instruction last_;                      ///< what it points to when its block has gone
    const Regions* regions_ = nullptr;
    Memo* memo_ = nullptr;
    u32 state_ = PipelineStates::none;  ///< stands for most of what is above
    BlockTiming* recent_ = nullptr;     ///< what led to that
    BlockTiming* round_from_ = nullptr; ///< what was so at the beginning of a round
    Counts counts_;                     ///< of what was worked out
    // Of the block under way.
    bool followed_ = false; ///< its reads of flash have been looked up: those that miss are known
    bool any_special_ = false, any_misses_ = false;
    std::bitset<most_reads> misses_; ///< a bit a read, where there are any
    u32 read_count_ = 0;
    static constexpr u32 most_flash_reads = 96; ///< of a block that can be remembered
    Cycles begun_ = 0;
    std::array<FlashRead, most_flash_reads> reads_{}; ///< what it asked of flash, in order
    u32 reads_made_ = 0;
    u32 waits_known_ = 0; ///< those that the accelerator has been asked for already
    bool was_memory_ = false;
    // Who was asked last, for data and for instructions, and how long a fetch from RAM waited.
    u8 data_slave_ = Regions::no_slave, fetch_slave_ = Regions::no_slave;
    u8 fetch_wait_ = 0;
    u8 granted_ = Regions::no_slave; ///< on the system bus
    Cycles bus_end_ = 0;             ///< when the bus is free for the next access of an instruction
};

} // namespace tinysim
