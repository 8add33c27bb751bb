#pragma once

#include "../../snapshot.hpp"
#include "../../types.hpp"

namespace tinysim {

/// A clock on a pin: when its edges are, in cycles of HCLK.
class ClockOutput {
public:
    /// From now on at so many Hz; at 0 it rests low. What runs so already goes on.
    void run(u32 hz, u32 hclk, Cycles now) {
        if (hz == hz_ && hclk == hclk_)
            return;
        hz_ = hz;
        hclk_ = hclk;
        rest_ = 0;
        level_ = false;
        due_ = now;
        expect();
    }
    bool level() const { return level_; }
    Cycles due() const { return due_; }
    /// The edge that is due.
    void turn() {
        level_ = !level_;
        expect();
    }
    void fields(State& state) {
        state(hz_);
        state(hclk_, 1);
        state(rest_);
        state(level_);
        state(due_, never);
    }

private:
    void expect() {
        if (hz_ == 0) {
            due_ = never;
            return;
        }
        const u64 cycles = hclk_ + rest_; // times 1 / (2 Hz)
        due_ += cycles / (2 * u64{hz_});
        rest_ = cycles % (2 * u64{hz_});
    }

    u32 hz_ = 0;
    u32 hclk_ = 1;
    u64 rest_ = 0;
    bool level_ = false;
    Cycles due_ = never;
};

} // namespace tinysim
