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
    while ((sleeping_ || held || debugging.locked_up) && !stopping_) {
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

/// A loop came back to its head with the same registers. Watches one more iteration: if it
/// changed nothing either, then no other one will until an event comes, and all of them up to
/// there are counted at once.
bool Core::skip_wait(Block& head) {
    const Wait before = wait_at(head.pc);
    const Cycles start = cycles;
    const u64 start_instructions = instructions;
    const u64 effects = effects_;
    const u64 looks = looks_;
    timing_->begin_round();
    Block* block = &head;
    for (unsigned length = 0; length < 16; ++length) {
        if (!block->pure || cycles + block->bound > event_deadline_ || profiling ||
            block->bound >= never / 2)
            break;
        execute(*block);
        if (exit > Exit::indirect)
            return true;
        block = next_of_round(*block);
        if (block == &head)
            break;
    }
    pc = block->pc;
    it_state = block->it_state;
    const bool waits = block == &head && effects == effects_ && wait_at(head.pc) == before &&
                       cycles > start && timing_->is_repeating(cycles - start);
    if (!waits)
        return cycles > start; // it may have come to a breakpoint, or to the end of the run
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
    const Cycles period = cycles - start;
    const Cycles rounds = until > cycles ? (until - cycles) / period : 0;
    cycles += rounds * period;
    timing_->repeat(rounds, period);
    instructions += rounds * (instructions - start_instructions);
    return rounds != 0;
}

} // namespace tinysim
