#pragma once

#include "../snapshot.hpp"
#include "../types.hpp"

#include <array>
#include <vector>

namespace tinysim {

/// What decides how long a read of flash takes.
struct FlashTiming {
    u32 wait_states = 0; ///< ACR.LATENCY
    u32 row_shift = 3;   ///< log2 of a row's bytes: 8 in dual bank, 16 in single bank
    bool prefetch = false;
    bool instruction_cache = true;
    bool data_cache = true;
    bool operator==(const FlashTiming&) const = default;
};

/// One cache of the accelerator: lines of 32 bytes, valid row by row, least recently used out.
template <unsigned Lines> class Cache {
    static constexpr u32 none = ~0u;

public:
    Cache() { first_.fill(Lines); }

    struct Line {
        u32 tag = none;
        u32 valid = 0; ///< one bit a row
        u64 used = 0;
        std::array<Cycles, 4> ready{};
    };
    /// The line of an address, now the most recent one; null when it is not there.
    Line* find(u32 tag) {
        if (lines_[recent_].tag == tag)
            return &lines_[recent_];
        const unsigned i = where(tag);
        if (i == Lines)
            return nullptr;
        recent_ = i;
        lines_[i].used = ++clock_;
        return &lines_[i];
    }
    bool holds(u32 tag, u32 row) const {
        const unsigned i = where(tag);
        return i != Lines && (lines_[i].valid >> row & 1) != 0;
    }
    bool ready(u32 tag, u32 row, Cycles before) const {
        const unsigned i = where(tag);
        return i != Lines && (lines_[i].valid >> row & 1) != 0 && lines_[i].ready[row] <= before;
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
            unlink(recent_);
            *line = Line{};
            line->tag = tag;
            line->used = ++clock_;
            link(recent_);
        }
        line->valid |= 1u << row;
        line->ready[row] = ready;
    }
    /// The index of a line, or `Lines`.
    unsigned where(u32 tag) const {
        unsigned i = first_[tag % first_.size()];
        while (i != Lines && lines_[i].tag != tag)
            i = next_[i];
        return i;
    }
    const Line& line(unsigned index) const { return lines_[index]; }
    /// What `find` does to a line that is there.
    void touch(unsigned index) {
        if (index == recent_)
            return;
        recent_ = index;
        lines_[index].used = ++clock_;
    }
    void clear() { *this = Cache{}; }
    void fields(State& state) {
        state(lines_);
        state(recent_);
        state(clock_);
        recent_ %= Lines;
        first_.fill(Lines);
        for (unsigned i = 0; i < Lines; ++i)
            if (lines_[i].tag != none)
                link(i);
    }

private:
    void link(unsigned line) {
        u8& first = first_[lines_[line].tag % first_.size()];
        next_[line] = first;
        first = static_cast<u8>(line);
    }
    void unlink(unsigned line) {
        if (lines_[line].tag == none)
            return;
        u8* place = &first_[lines_[line].tag % first_.size()];
        while (*place != line)
            place = &next_[*place];
        *place = next_[line];
    }

    std::array<Line, Lines> lines_{};
    // A hash table of chains of lines.
    std::array<u8, 4 * Lines> first_;
    std::array<u8, Lines> next_{};
    unsigned recent_ = 0;
    u64 clock_ = 0;
};

/// The flash array, which reads one row at a time, and the adaptive real-time accelerator
/// before it (RM0432 3.3.4; sizes and the rest: docs/timing.md). Times are cycles; a read that
/// begins at `t` and waits `w` cycles has its data at t + 1 + w.
class Accelerator {
public:
    void configure(const FlashTiming& timing) {
        timing_ = timing;
        ++version_;
    }
    void clear_instruction_cache() {
        instructions_.clear();
        ++version_;
    }
    void clear_data_cache() { data_.clear(); }
    /// Cycles that a fetch waits. Nothing to look up while it stays in a row that is there.
    u32 fetch(u32 address, Cycles t) {
        if (address >> timing_.row_shift == fetch_row_ && fetch_row_ready_ <= t + 1 &&
            planned_row_ == none)
            return 0;
        return fetch_row(address, t);
    }
    /// Cycles that a data read waits.
    u32 read(u32 address, Cycles t) { return look_up(address) ? 0 : load(t); }
    /// Whether the data of a read are at hand; if not, the caches are as if they had been loaded.
    /// Time does not come into it: reads follow one another, each begins when all before it have
    /// ended.
    bool look_up(u32 address);
    /// Cycles that a read waits whose data are not at hand.
    u32 load(Cycles t);
    /// Moves everything that is under way by so many cycles.
    void shift(Cycles delta);
    const FlashTiming& timing() const { return timing_; }
    /// What a snapshot holds of it: not its settings, which are the flash interface's.
    void fields(State& state);

    // What remembered timings ask (memo.cpp).
    u32 row_of(u32 address) const { return address >> timing_.row_shift; }
    /// Changes when a row comes into the instruction cache.
    u64 version() const { return version_; }
    bool has_fetched(u32 row, Cycles before) const {
        return instructions_.ready(tag(row), part(row), before);
    }
    /// The place of a row's line in the instruction cache, as long as its version stays.
    u8 line_of(u32 row) const { return static_cast<u8>(instructions_.where(tag(row))); }
    /// Lines of the instruction cache were used one after the other, `row` last.
    void touch_fetched(const std::vector<u8>& lines, u32 row) {
        if (lines.empty())
            return;
        for (const u8 line : lines)
            instructions_.touch(line);
        fetch_row_ready_ = instructions_.line(lines.back()).ready[part(row)];
        fetch_row_ = row;
    }

    u64 fetch_misses = 0, fetch_prefetched = 0, reads = 0, read_misses = 0;

private:
    static constexpr u32 none = ~0u;
    u32 fetch_row(u32 address, Cycles t);
    u32 tag(u32 row) const { return row >> (5 - timing_.row_shift); }
    u32 part(u32 row) const { return row & ((1u << (5 - timing_.row_shift)) - 1); }
    void plan_prefetch(u32 row, Cycles t);
    void start_prefetch(Cycles before);
    Cycles load_row(Cycles t);

    u64 version_ = 0;
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
