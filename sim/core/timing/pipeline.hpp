#pragma once

#include "../cpu/op.hpp"
#include "accelerator.hpp"

#include <vector>

namespace tinysim {

/// Waits of the SRAM banks on reads at full speed, in cycles (inferred: docs/timing.md).
struct SramTiming {
    u32 sram1 = 0;
    u32 sram2 = 1;
    u32 sram3 = 1;
};

/// Flash at its own address or at 0, where the core boots from.
constexpr bool is_flash(u32 address) { return (address & ~0x08000000u) < 0x00200000u; }
constexpr u32 flash_offset(u32 address) { return address & 0x001FFFFF; }

/// All of the pipeline's state that what comes can depend on, relative to now: older times than
/// `horizon` cycles ago do not matter any more.
struct PipelineState {
    static constexpr i32 horizon = 100;

    const Instruction* previous = nullptr;
    u32 next_fetch = 0;
    u32 expected_pc = 0;
    std::array<i16, 14> times{};
    u8 waiting = 0; ///< words fetched and not yet decoded
    bool was_memory = false, was_flash = false;
    u8 padding = 0;
    bool operator==(const PipelineState&) const = default;
};

/// What a block did when every read of flash hit: from one state to another.
struct BlockTiming {
    PipelineState before, after;
    u64 path = 0; ///< what the trace and the exit decided, see Pipeline::describe
    Cycles cycles = 0;
    u64 fetch_stall = 0, sram_stall = 0, hazard_stall = 0;
    u64 version = 0;       ///< of the instruction cache, in which all rows were found last
    std::vector<u32> rows; ///< of flash that it fetched, in order
};

/// Tier T3: fetch, decode and execute of the Cortex-M4 cycle by cycle, over the buses of the
/// STM32L4R5. It is given what was executed, block by block, and says when that was done.
class Pipeline {
public:
    /// How instructions came to their end.
    struct Path {
        const Instruction* instructions;
        u32 count;
        const u32* trace; ///< see Core's Trace
        bool taken;       ///< the last one branched
    };
    void run(const Path& path);
    /// As `run`, for a whole block: what it did before in the same state need not be worked
    /// out again.
    void run_block(Block& block, const Path& path);
    /// Forgets where the last instruction lies: its block is about to go.
    void detach();
    /// After a copy as bytes: the last instruction is the one kept here, or there is none.
    void attach(bool empty) { previous_ = empty ? nullptr : &last_; }
    bool empty() const { return previous_ == nullptr; }
    bool memoise = true;
    /// The cycle in which the next instruction can execute.
    Cycles now() const { return next_other_; }
    /// The chip is reset: nothing is cached or under way.
    void reset(Cycles now);
    /// The pipeline is empty at `now`: an exception, sleep, reset.
    void restart(Cycles now);
    /// All that is under way happens later by so much.
    void shift(Cycles delta);
    /// The state relative to now; equal ones go on equally, as long as the caches hit.
    std::array<Cycles, 24> signature() const;
    /// More cycles than a block can take.
    static Cycles bound(const Block& block);

    Accelerator accelerator;
    SramTiming sram;
    u64 stalled_on_fetch = 0, stalled_on_flash = 0, stalled_on_sram = 0, stalled_on_hazards = 0;

private:
    static constexpr u32 buffer_words = 3;

    void execute(const Instruction& instruction, const u32*& trace, bool taken);
    Cycles issue_time() const;
    void issue();
    void fetch_ahead(Cycles until);
    void redirect(u32 pc);
    void free_words(const Instruction& instruction, u32 last_word, Cycles at);
    Cycles access(const Instruction& instruction, u32 address, Cycles start, bool fetching);
    u32 data_wait(u32 address, bool write, Cycles t);
    PipelineState compress() const;
    void expand(const PipelineState& state);
    u64 describe(const Path& path) const;
    bool rows_hit(BlockTiming& timing);
    bool reads_hit(const Path& path) const;
    void touch_reads(const Path& path);
    void apply(const BlockTiming& timing);
    void remember(Block& block, const PipelineState& before, u64 description, Cycles since,
                  const std::array<u64, 3>& stalls);
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
    bool clean_ = true; ///< no read of flash has waited or changed a cache in this run
    std::array<u32, 64> rows_{};
    u32 row_count_ = 0;
    bool was_memory_ = false, was_flash_ = false;
};

} // namespace tinysim
