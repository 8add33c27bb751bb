#include "machine.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tinysim {
namespace {

/// How often peripherals may be due at one moment: more than any legitimate chain of them.
constexpr unsigned most_repeats = 10'000;

constexpr u64 ps_a_second = 1'000'000'000'000;

} // namespace

void Machine::system_reset(ResetCause cause) {
    keep_time();
    chip_->before_reset(cause);
    chip_->unsettle();
    for (const auto& peripheral : peripherals_)
        peripheral->reset(cause == ResetCause::power_on ? Reset::power_on : Reset::system);
    chip_->after_reset(cause);
    chip_->settle();
    core.reset();
    look_again();
}

void Machine::request_reset(ResetCause cause) {
    if (!reset_pending_) {
        reset_pending_ = cause;
        core.request_stop(Stop::idle);
    }
}

void Machine::reset() {
    core.cycles = core.instructions = core.exception_cycles = core.sleep_cycles = 0;
    core.exception_counts = {};
    kept_ps_ = 0;
    kept_cycles_ = 0;
    pin_events_.clear();
    at_line_start_ = true;
    reset_pending_.reset();
    system_reset(ResetCause::power_on);
}

void Machine::look_again() {
    if (core.exceptions.reset_requested)
        request_reset(ResetCause::software);
    if (firing_)
        return;
    core.set_event_deadline(agenda_.next());
}

/// A model that is due for ever would hang the machine, and one that is passed over would make
/// wrong numbers of a run.
void Machine::fail_overdue(Peripheral& peripheral) {
    const Cycles was = std::exchange(peripheral.due, never);
    firing_ = false;
    rescheduled(peripheral);
    throw CoreError(peripheral.name + ": its model stays due at cycle " + std::to_string(was));
}

void Machine::fire_events() {
    firing_ = true;
    Cycles reached = 0;
    unsigned repeats = 0;
    while (Peripheral* const first = agenda_.first_by(core.now())) {
        if (first->due > reached) {
            reached = first->due;
            repeats = 0;
        } else if (++repeats > most_repeats) {
            fail_overdue(*first);
        }
        first->on_due();
    }
    firing_ = false;
    look_again();
}

void Machine::take_reset() {
    system_control_->take_reset_request();
    system_reset(*std::exchange(reset_pending_, std::nullopt));
}

Stop Machine::run(Cycles cycles, bool until_line, u32 host_ms) {
    using Clock = std::chrono::steady_clock;
    constexpr Cycles slice = 1'000'000;
    until_line_ = until_line;
    const Cycles limit = core.cycles + std::min(cycles, never / 8);
    const auto until = Clock::now() + std::chrono::milliseconds(host_ms);
    for (;;) {
        const Cycles next = host_ms == 0 ? limit : std::min(limit, core.cycles + slice);
        const Stop reason = core.run(next);
        if (!reset_pending_) {
            if (reason == Stop::idle && !until_line)
                core.pass_idle(limit); // time does not wait for what never comes
            if (reason != Stop::budget || next == limit)
                return reason;
            if (Clock::now() >= until)
                return Stop::paused;
            continue;
        }
        take_reset();
    }
}

Stop Machine::step(u64 instructions) {
    until_line_ = false;
    const Stop reason = core.step(instructions);
    if (reset_pending_)
        take_reset();
    return reason;
}

u64 Machine::time_ps() const { return time_ps_at(core.now()); }

u64 Machine::time_ps_at(Cycles at) const {
    const auto cycles = static_cast<unsigned __int128>(std::max(at, kept_cycles_) - kept_cycles_);
    return kept_ps_ + static_cast<u64>(cycles * ps_a_second / hclk());
}

Cycles Machine::cycle_at(u64 time_ps) const {
    if (time_ps <= kept_ps_)
        return kept_cycles_;
    const auto ps = static_cast<unsigned __int128>(time_ps - kept_ps_);
    return kept_cycles_ + static_cast<u64>((ps * hclk() + ps_a_second - 1) / ps_a_second);
}

void Machine::keep_time() {
    kept_ps_ = time_ps();
    kept_cycles_ = core.now();
}

} // namespace tinysim
