#pragma once

#include "peripheral.hpp"

#include <deque>
#include <limits>
#include <vector>

namespace tinysim {

/// A master on one of the chip's buses, where the chip is the slave: does one operation after
/// another that the host has given it. What an operation means is the kind of bus's.
class BusMaster : public Peripheral {
public:
    using Peripheral::Peripheral;
    u32 read(u32) final { return 0; }
    void write(u32, u32) final {}
    void on_due() final { proceed(); }
    void after_clock_change() final { expect(expected_ps_); }

    /// More to do: from a moment on, or after what there is to do already.
    void queue(const std::vector<u32>& operations, u64 start_ps);
    bool is_done() const { return operations_.empty(); }
    std::vector<u32> take_results();
    /// The slave has taken its hands off the clock.
    void resume();

protected:
    /// Whether the slave lets an operation begin, and end.
    virtual bool can_begin(u32) { return true; }
    virtual bool can_end(u32) { return true; }
    /// How long it takes, in picoseconds.
    virtual u64 begin(u32 operation) = 0;
    virtual void end(u32 operation) = 0;
    /// The next operation begins so much later.
    void pause(u64 ps) { from_ps_ = around.time_ps() + ps; }
    void note(u32 result) { results_.push_back(result); }
    /// Drops what comes before an operation that `ends` names.
    template <class Predicate> void skip_until(Predicate ends) {
        while (!operations_.empty() && !ends(operations_.front()))
            operations_.pop_front();
    }

    void fields(State& state) override;
    void after_reset() override { resume(); }

private:
    enum class Phase : u8 { rests, moves, ends };
    static constexpr u64 nothing = std::numeric_limits<u64>::max();

    void proceed();
    void expect(u64 ps);

    std::deque<u32> operations_;
    std::vector<u32> results_;
    Phase phase_ = Phase::rests;
    u64 from_ps_ = 0;           ///< nothing begins before
    u64 until_ps_ = 0;          ///< of the operation that is under way
    u64 expected_ps_ = nothing; ///< when `due` is
};

} // namespace tinysim
