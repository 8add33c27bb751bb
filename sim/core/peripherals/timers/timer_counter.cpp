#include "timer.hpp"
#include "timer_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace timer;

/// Ticks until the count overflows or underflows.
u64 Timer::to_boundary(Position from) const {
    const u64 count = from.count;
    switch (mode()) {
    case Mode::up:
        return (count <= reload_ ? u64{reload_} : u64{limit_}) + 1 - count;
    case Mode::down:
        return count + 1;
    case Mode::centre:
        if (from.down)
            return std::max<u64>(count, 1);
        return count < reload_ ? reload_ - count : 1;
    }
    return 1;
}

Timer::Position Timer::after_boundary(Position from) const {
    switch (mode()) {
    case Mode::up:
        return {0, false};
    case Mode::down:
        return {reload_, true};
    case Mode::centre:
        return from.down ? Position{0, false} : Position{reload_, true};
    }
    return {};
}

Timer::Position Timer::advanced(Position from, u64 ticks) const {
    const u64 first = to_boundary(from);
    if (ticks >= first) {
        from = after_boundary(from);
        ticks -= first;
        const u64 period = mode() == Mode::centre ? 2 * u64{reload_} : u64{reload_} + 1;
        ticks %= period;
        if (const u64 half = to_boundary(from); mode() == Mode::centre && ticks >= half) {
            from = after_boundary(from);
            ticks -= half;
        }
    }
    const bool falls = mode() == Mode::down || (mode() == Mode::centre && from.down);
    from.count = static_cast<u32>(falls ? from.count - ticks : from.count + ticks);
    return from;
}

/// Ticks until the count becomes what a channel compares with, if that is before the boundary.
u64 Timer::to_match(Position from, unsigned channel) const {
    const u64 value = compare(channel);
    const bool falls = mode() == Mode::down || (mode() == Mode::centre && from.down);
    u64 ticks = never;
    if (!falls && value > from.count)
        ticks = value - from.count;
    else if (falls && value < from.count)
        ticks = from.count - value;
    return ticks < to_boundary(from) ? ticks : never;
}

/// Counts up to now, keeping the fraction of a tick that has passed.
void Timer::settle() {
    const Cycles now = around.now();
    while (due <= now)
        on_due();
    if (!counting() || now < since_) {
        since_ = now;
        return;
    }
    const u64 ticks = ticks_in(now - since_);
    position_ = advanced(position_, ticks);
    since_ += cycles_of(ticks);
}

/// Whether anybody would see an overflow or underflow.
bool Timer::boundary_matters() const {
    if (!has(sr, flag_update) && !has(cr1, cr1_udis))
        return true;
    if (has(cr1, cr1_opm) || has(dier, dier_ude) || repetitions_ != 0 || trgo_mode() == 2 ||
        trgo2_mode() == 2)
        return true;
    if (prescaler_ != at(psc) || reload_ != at(arr))
        return true;
    for (unsigned channel = 0; channel < channels_; ++channel)
        if (match_matters(channel) ||
            (is_output(channel) && compare(channel) != 0 && drives(channel)))
            return true;
    return false;
}

bool Timer::match_matters(unsigned channel) const {
    if (!is_output(channel))
        return false;
    const u32 flag = channel < 4 ? flag_cc1 << channel : 1u << (12 + channel);
    if (!has(sr, flag) || drives(channel) || trgo_mode() >= 3 || trgo2_mode() >= 3 ||
        (channel == 0 && is_wired(oc1_ref)))
        return true;
    return channel < 4 && has(dier, dier_cc1de << channel);
}

void Timer::replan() {
    u64 ticks = never;
    if (counting()) {
        if (boundary_matters())
            ticks = to_boundary(position_);
        for (unsigned channel = 0; channel < channels_; ++channel)
            if (match_matters(channel)) {
                const u64 to = to_match(position_, channel);
                // A match in a later period is found from the boundary before it.
                ticks = std::min(ticks, to == never ? to_boundary(position_) : to);
            }
    }
    const Cycles paired = *std::min_element(dead_until_.begin(), dead_until_.end());
    schedule(std::min({edge_due_, paired, ticks == never ? never : since_ + cycles_of(ticks)}));
}

/// When the oscillator that OR1 connects to TI1 rises next.
void Timer::next_edge(Cycles from) {
    const u32 rate = clocks_.timer_input(name, at(or1));
    const bool listens = capture_select(0) == 1 && has(ccer, 1) && has(cr1, cr1_cen);
    if (rate == 0 || !listens || around.is_stopped()) {
        edge_due_ = never;
        return;
    }
    const u64 period = around.hclk() + edge_remainder_;
    edge_remainder_ = period % rate;
    edge_due_ = from + std::max<u64>(period / rate, 1);
}

void Timer::on_due() {
    const Cycles at = due;
    if (std::find(dead_until_.begin(), dead_until_.end(), at) != dead_until_.end()) {
        schedule(never);
        end_dead_time();
        return replan();
    }
    if (at == edge_due_) {
        schedule(never);
        settle();
        capture(0);
        next_edge(at);
        refresh_interrupts();
        return replan();
    }
    const u64 ticks = ticks_in(at - since_);
    const bool boundary = ticks == to_boundary(position_);
    position_ = advanced(position_, ticks);
    since_ = at;
    arrive(boundary);
    refresh_interrupts();
    replan();
}

/// The count has just become what it is.
void Timer::arrive(bool at_boundary) {
    if (at_boundary) {
        flag_unreachable();
        overflow();
    }
    for (unsigned channel = 0; channel < channels_; ++channel) {
        if (!is_output(channel) || compare(channel) != position_.count)
            continue;
        // Centre-aligned: CMS says on which way a match sets the flag.
        const u32 cms = at(cr1) >> 5 & 3;
        const bool falls = position_.down || (position_.count == 0 && cms != 0);
        if (cms == 0 || cms == 3 || (cms == 1) == falls)
            match(channel);
        else
            refresh_outputs();
    }
    refresh_outputs();
}

/// CCR above ARR: its flag comes with the overflow, going down with the underflow (CC1IF in SR).
void Timer::flag_unreachable() {
    if (mode() == Mode::centre && !position_.down)
        return;
    for (unsigned channel = 0; channel < channels_; ++channel)
        if (is_output(channel) && compare(channel) > reload_)
            flag_match(channel);
}

} // namespace tinysim
