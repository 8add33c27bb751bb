#include "core.hpp"

#include <algorithm>
#include <utility>

namespace tinysim {

/// Whether a sleep ends. Only WFE looks at the event register, and at the masks (B1.5.17).
bool Core::awakens() {
    if (held || debugging.locked_up)
        return false;
    if (!for_event_)
        return exceptions.wakes(faultmask, basepri);
    const bool by_event =
        std::exchange(event_register, false) || std::exchange(exceptions.sent_event, false);
    return by_event || exceptions.next(primask, faultmask, basepri) != 0;
}

bool Core::asleep() {
    while (rests()) {
        if (awakens()) {
            sleeping_ = false;
            if (std::exchange(deep_, false))
                woke();
            sleep_until(cycles + timing_->wakeup());
        } else if (!deep_ && (exceptions.scr & Exceptions::scr_sleepdeep) != 0) {
            deep_ = true;
            slept_deeply();
        } else if (event_deadline_ == never) {
            request_stop(Stop::idle);
            return true;
        } else if (event_deadline_ > limit_) {
            if (limit_ > cycles)
                sleep_until(limit_);
            request_stop(Stop::budget);
            return true;
        } else {
            if (event_deadline_ > cycles)
                sleep_until(event_deadline_);
            fire_events();
        }
    }
    return false;
}

/// Whether a loop in a fault's handler waits for nothing: it looks at no peripheral, and nothing
/// that is enabled could interrupt it. Its firmware has come to its end.
bool Core::is_stuck_in_fault(u64 looks) {
    if (exceptions.current < 2 || exceptions.current > 6 || !first_fault_)
        return false;
    if (event_deadline_ == never)
        return true;
    if (looks != looks_ || exceptions.can_preempt()) {
        stuck_since_ = never;
        return false;
    }
    // What it has written to a serial port leaves first.
    stuck_since_ = std::min(stuck_since_, cycles);
    return cycles - stuck_since_ > around.hclk() / 50;
}

/// As `next_block`, without linking: a loop that waits stays unlinked, see follow.
Block* Core::next_of_round(const Block& block) {
    switch (exit) {
    case Exit::indirect:
        return find_block(pc, 0);
    case Exit::taken:
        return find_block(block.target, 0);
    default:
        return find_block(block.end, block.end_it_state);
    }
}

/// Executes a round of a loop that may only wait, from its head to its head. False: it was left, or
/// had an effect.
bool Core::execute_waiting(Block& head) {
    constexpr unsigned longest_loop = 16; // blocks
    const u64 volatile_reads = bus.volatile_reads;
    const Cycles until = std::min(event_deadline_, limit_);
    Block* block = &head;
    for (unsigned length = 0; length < longest_loop; ++length) {
        if (!block->pure || cycles + block->bound > until || profiling || block->bound >= never / 2)
            break;
        execute(*block);
        if (exit > Exit::indirect)
            return false; // which has set where to go on
        block = next_of_round(*block);
        if (block == &head)
            break;
    }
    pc = block->pc;
    it_state = block->it_state;
    return block == &head && volatile_reads == bus.volatile_reads;
}

/// A loop came back to its head with the same registers. Watches further rounds: if one changed
/// nothing either, then no other one will until an event comes, and all of them up to there are
/// counted at once. A few of them may go by until the pipeline has forgotten what was before.
bool Core::skip_wait(Block& head) {
    constexpr unsigned most_rounds = 40;
    const Wait before = wait_at(head.pc);
    const Cycles first = cycles;
    for (unsigned round = 0; round < most_rounds; ++round) {
        const Cycles start = cycles;
        const u64 start_instructions = instructions;
        const u64 looks = looks_;
        timing_->begin_round();
        if (!execute_waiting(head) || cycles == start || !is_as(before, head.pc))
            break; // it may have come to a breakpoint, or to the end of the run
        const Cycles period = cycles - start;
        if (!timing_->is_repeating(period))
            continue;
        if (is_stuck_in_fault(looks)) {
            fault_report = first_fault_;
            request_stop(Stop::fault);
            return true;
        }
        if (event_deadline_ == never) {
            request_stop(Stop::idle);
            return true;
        }
        const Cycles until = std::min(event_deadline_, limit_);
        const Cycles rounds = adds_rounds && until > cycles ? (until - cycles) / period : 0;
        if (rounds != 0) {
            timing_->repeat(rounds, period);
            instructions += rounds * (instructions - start_instructions);
            cycles += rounds * period;
        }
        return true;
    }
    return cycles > first || exit > Exit::indirect;
}

} // namespace tinysim
