#include "bus_master.hpp"

#include <algorithm>
#include <utility>

namespace tinysim {

void BusMaster::queue(const std::vector<u32>& operations, u64 start_ps) {
    if (operations_.empty())
        from_ps_ = start_ps;
    operations_.insert(operations_.end(), operations.begin(), operations.end());
    resume();
}

std::vector<u32> BusMaster::take_results() { return std::exchange(results_, {}); }

/// Not at once: the slave is in the middle of something.
void BusMaster::resume() {
    if (!operations_.empty() && phase_ != Phase::moves) {
        expected_ps_ = nothing;
        schedule(around.now() + 1);
    }
}

void BusMaster::expect(u64 ps) {
    expected_ps_ = ps;
    schedule(ps == nothing ? never : around.cycle_at(ps));
}

void BusMaster::proceed() {
    for (;;) {
        const u64 now = around.time_ps();
        switch (phase_) {
        case Phase::rests:
            if (operations_.empty())
                return expect(nothing);
            if (now < from_ps_)
                return expect(from_ps_);
            if (!can_begin(operations_.front()))
                return expect(nothing);
            until_ps_ = now + begin(operations_.front());
            phase_ = Phase::moves;
            return expect(until_ps_);
        case Phase::moves:
            if (now < until_ps_)
                return expect(until_ps_);
            phase_ = Phase::ends;
            break;
        case Phase::ends: {
            if (!can_end(operations_.front()))
                return expect(nothing);
            const u32 operation = operations_.front();
            operations_.pop_front();
            phase_ = Phase::rests;
            end(operation);
            break;
        }
        }
    }
}

void BusMaster::fields(State& state) {
    if (state.resets() == Reset::power_on) {
        operations_.clear();
        results_.clear();
        phase_ = Phase::rests;
        from_ps_ = until_ps_ = 0;
        expected_ps_ = nothing;
    }
    state.outside(operations_);
    state.outside(results_);
    state.outside(phase_);
    state.outside(from_ps_);
    state.outside(until_ps_);
    state.outside(expected_ps_);
}

} // namespace tinysim
