#pragma once

#include "../types.hpp"

#include <array>

namespace tinysim {

/// What decides how long a read of flash takes.
struct FlashTiming {
    u32 wait_states = 0; ///< ACR.LATENCY
    u32 row_shift = 3;   ///< log2 of a row's bytes: 8 in dual bank, 16 in single bank
    bool prefetch = false;
    bool instruction_cache = true;
    bool data_cache = true;
};

/// One cache of the accelerator: lines of 32 bytes, valid row by row, least recently used out.
template <unsigned Lines> class Cache {
public:
    struct Line {
        u32 tag = ~0u;
        u32 valid = 0; ///< one bit a row
        u64 used = 0;
        std::array<Cycles, 4> ready{};
    };
    /// The line of an address, now the most recent one; null when it is not there.
    Line* find(u32 tag) {
        if (lines_[recent_].tag == tag)
            return &lines_[recent_];
        for (unsigned i = 0; i < Lines; ++i)
            if (lines_[i].tag == tag) {
                recent_ = i;
                lines_[i].used = ++clock_;
                return &lines_[i];
            }
        return nullptr;
    }
    bool holds(u32 tag, u32 row) const {
        for (const Line& line : lines_)
            if (line.tag == tag)
                return (line.valid >> row & 1) != 0;
        return false;
    }
    /// A row has been read and will be there at `ready`.
    void insert(u32 tag, u32 row, Cycles ready) {
        Line* line = find(tag);
        if (!line) {
            recent_ = 0;
            for (unsigned i = 0; i < Lines && lines_[recent_].valid != 0; ++i)
                if (lines_[i].valid == 0 || lines_[i].used < lines_[recent_].used)
                    recent_ = i;
            line = &lines_[recent_];
            *line = Line{};
            line->tag = tag;
            line->used = ++clock_;
        }
        line->valid |= 1u << row;
        line->ready[row] = ready;
    }
    void clear() { *this = Cache{}; }

private:
    std::array<Line, Lines> lines_{};
    unsigned recent_ = 0;
    u64 clock_ = 0;
};

/// The flash array, which reads one row at a time, and the adaptive real-time accelerator
/// before it (RM0432 3.3.4; sizes and the rest: docs/timing.md). Times are cycles; a read that
/// begins at `t` and waits `w` cycles has its data at t + 1 + w.
class Accelerator {
public:
    void configure(const FlashTiming& timing) { timing_ = timing; }
    void clear_instruction_cache() { instructions_.clear(); }
    void clear_data_cache() { data_.clear(); }
    /// Cycles that a fetch waits.
    u32 fetch(u32 address, Cycles t);
    /// Cycles that a data read waits.
    u32 read(u32 address, Cycles t);
    /// Moves everything that is under way by so many cycles.
    void shift(Cycles delta);
    const FlashTiming& timing() const { return timing_; }

    u64 fetch_misses = 0, fetch_prefetched = 0, read_misses = 0;

private:
    static constexpr u32 none = ~0u;
    u32 tag(u32 row) const { return row >> (5 - timing_.row_shift); }
    u32 part(u32 row) const { return row & ((1u << (5 - timing_.row_shift)) - 1); }
    void plan_prefetch(u32 row, Cycles t);
    void start_prefetch(Cycles before);
    Cycles load_row(Cycles t);

    FlashTiming timing_;
    Cache<32> instructions_;
    Cache<8> data_;
    Cycles busy_ = 0;                        ///< the array's last cycle of work
    u32 fetch_row_ = none, read_row_ = none; ///< the rows in the output registers
    Cycles fetch_row_ready_ = 0;
    u32 prefetched_row_ = none;
    Cycles prefetched_ready_ = 0;
    u32 planned_row_ = none;
    Cycles planned_from_ = 0;
};

} // namespace tinysim
