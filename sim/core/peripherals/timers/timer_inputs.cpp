#include "timer.hpp"

#include "timer_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace timer;

void Timer::capture_event(unsigned channel) {
    const u32 flag = flag_cc1 << channel;
    if (has(sr, flag))
        at(sr) |= sr_cc1of << channel;
    at(sr) |= flag;
    at(ccr1 + 4 * channel) = active_[channel] = position_.count;
    request(dma_ch1 + static_cast<int>(channel), dier_cc1de << channel);
    if (channel == 0)
        pulse_trgo(3);
}

/// One edge on a channel's input: every ICxPSC-th of them captures.
void Timer::capture(unsigned channel) {
    const u32 prescaler = at(channel < 2 ? ccmr1 : ccmr2) >> (8 * (channel & 1) + 2) & 3;
    if (++captures_[channel] < 1u << prescaler)
        return;
    captures_[channel] = 0;
    capture_event(channel);
}

void Timer::channel_input(unsigned line, bool level) {
    const auto edge_counts = [&](unsigned channel) {
        const u32 polarity = at(ccer) >> (4 * channel + 1);
        return bit<0>(polarity) && bit<2>(polarity) ? true : level != bit<0>(polarity);
    };
    for (unsigned channel = 0; channel < std::min(channels_, 4u); ++channel) {
        const u32 select = capture_select(channel);
        const unsigned source = select == 1 ? channel : channel ^ 1;
        if ((select == 1 || select == 2) && source == line && has(ccer, 1u << 4 * channel) &&
            edge_counts(channel))
            capture(channel);
    }
    if (channels_ < 2)
        return;
    const u32 source = at(smcr) >> 4 & 7;
    if (encoder() && line < 2)
        encoder_edge(line);
    else if (source == 4 && line == 0) {
        trigger(true);
        trigger(false);
    } else if ((source == 5 && line == 0) || (source == 6 && line == 1))
        trigger(level != ((at(ccer) >> (4 * line + 1) & 1) != 0));
}

void Timer::input(int line, bool level) {
    const u32 mask = 1u << line;
    if (((inputs_ & mask) != 0) == level)
        return;
    inputs_ = (inputs_ & ~mask) | (level ? mask : 0);
    settle();
    if (line >= ti1 && line < etr) {
        const unsigned channel = static_cast<unsigned>(line - ti1);
        bool seen = level;
        if (channel < 3 && channels_ > 1 && has(cr2, cr2_ti1s)) // TI1 is the XOR of three
            seen = (((inputs_ >> ti1) ^ (inputs_ >> (ti1 + 1)) ^ (inputs_ >> (ti1 + 2))) & 1) != 0;
        channel_input(channels_ > 1 && has(cr2, cr2_ti1s) && channel < 3 ? 0 : channel, seen);
    } else if (line == etr && channels_ > 1) {
        external_edge(level != has(smcr, smcr_etp));
    } else if (line == brk) {
        if (break_ && has(bdtr, bdtr_bke) && level == has(bdtr, bdtr_bkp))
            break_event(flag_break);
    } else if (line == brk2) {
        if (channels_ > 4 && has(bdtr, bdtr_bk2e) && level == has(bdtr, bdtr_bk2p))
            break_event(flag_break2);
    } else if (line >= itr0 && channels_ > 1 &&
               (at(smcr) >> 4 & 7) == static_cast<u32>(line - itr0)) {
        trigger(level);
    }
    refresh_interrupts();
    replan();
}

/// ETR, and what ETPS leaves of its edges.
void Timer::external_edge(bool active) {
    const u32 divider = 1u << bits<13, 12>(at(smcr));
    const bool whole = divider == 1 || (active && ++external_edges_ % divider == 0);
    if (!whole)
        return;
    if (has(smcr, smcr_ece) && active)
        external_tick();
    if ((at(smcr) >> 4 & 7) != 7)
        return;
    trigger(active);
    if (divider != 1)
        trigger(false);
}

/// TRGI has a new level.
void Timer::trigger(bool level) {
    const u32 gate = 1u << 31;
    trigger_inputs_ = (trigger_inputs_ & ~gate) | (level ? gate : 0);
    const u32 slave = bits<2, 0>(at(smcr)) | (bit<16>(at(smcr)) ? 8 : 0);
    if (slave == slave_gated)
        at(sr) |= flag_trigger;
    if (!level)
        return;
    for (unsigned channel = 0; channel < std::min(channels_, 4u); ++channel)
        if (capture_select(channel) == 3 && has(ccer, 1u << 4 * channel))
            capture(channel);
    if (break_ && has(cr2, cr2_ccpc) && has(cr2, cr2_ccus))
        commutation_event();
    if (slave == slave_off)
        return refresh_outputs();
    at(sr) |= flag_trigger;
    request(dma_trig, dier_tde);
    switch (slave) {
    case slave_reset:
    case slave_reset_trigger:
        position_ = {mode() == Mode::down ? reload_ : 0, mode() == Mode::down};
        since_ = around.now();
        update_event(false, true);
        if (slave == slave_reset)
            break;
        [[fallthrough]];
    case slave_trigger:
        if (!has(cr1, cr1_cen))
            since_ = around.now();
        at(cr1) |= cr1_cen;
        break;
    case external_clock:
        external_tick();
        break;
    default:
        break;
    }
    refresh_outputs();
}

/// A tick of a clock that is not the kernel clock.
void Timer::external_tick() {
    if (!has(cr1, cr1_cen) || reload_ == 0)
        return;
    if (++prescaled_ <= prescaler_)
        return;
    prescaled_ = 0;
    const bool boundary = to_boundary(position_) == 1;
    position_ = advanced(position_, 1);
    arrive(boundary);
}

/// Quadrature (RM0432 38.3.23): the direction follows from the other input's level.
void Timer::encoder_edge(unsigned line) {
    if (!has(cr1, cr1_cen))
        return;
    const u32 slave = bits<2, 0>(at(smcr));
    if ((slave == 1 && line != 1) || (slave == 2 && line != 0))
        return;
    const auto seen = [&](unsigned channel) {
        return ((inputs_ >> (ti1 + static_cast<int>(channel)) & 1) != 0) !=
               ((at(ccer) >> (4 * channel + 1) & 1) != 0);
    };
    const bool up = line == 0 ? seen(0) != seen(1) : seen(0) == seen(1);
    at(cr1) = up ? at(cr1) & ~cr1_dir : at(cr1) | cr1_dir;
    const bool boundary = up ? position_.count >= reload_ : position_.count == 0;
    position_.count = boundary ? (up ? 0 : reload_) : position_.count + (up ? 1u : 0xFFFFFFFFu);
    arrive(boundary);
}

} // namespace tinysim
