#include "timer.hpp"

#include "timer_registers.hpp"

#include <algorithm>
#include <utility>

namespace tinysim {

using namespace timer;

void Timer::match(unsigned channel) {
    flag_match(channel);
    switch (output_mode(channel)) {
    case 1:
        set_output(channel, true);
        break;
    case 2:
        set_output(channel, false);
        break;
    case 3:
        set_output(channel, !reference_[channel]);
        break;
    default:
        break;
    }
}

void Timer::flag_match(unsigned channel) {
    at(sr) |= channel < 4 ? flag_cc1 << channel : 1u << (12 + channel);
    if (channel < 4)
        request(dma_ch1 + static_cast<int>(channel), dier_cc1de << channel);
    if (channel == 0)
        pulse_trgo(3);
}

/// OCxM of a channel that looks at its neighbour too: combined PWM, and the asymmetric one.
bool Timer::is_combined(unsigned channel) const {
    return channel < std::min(channels_, 4u) && is_output(channel) && output_mode(channel) >= 12;
}

bool Timer::has_complement(unsigned channel) const {
    return break_ && channel < (channels_ > 4 ? 3u : 1u);
}

/// Whether anything that a pin shows depends on a channel.
bool Timer::drives(unsigned channel) const {
    if ((enables(channel) & 5) != 0)
        return true;
    if (channel < 4 && is_combined(channel ^ 1) && (enables(channel ^ 1) & 5) != 0)
        return true;
    return channel == 4 && at(ccr5) >> 29 != 0;
}

/// OCxREF, where it follows from the count alone.
void Timer::refresh_reference(unsigned channel) {
    const bool falls = mode() == Mode::down || (mode() == Mode::centre && position_.down);
    const bool low_part =
        falls ? position_.count <= compare(channel) : position_.count < compare(channel);
    switch (output_mode(channel)) {
    case 4:
        reference_[channel] = false;
        break;
    case 5:
        reference_[channel] = true;
        break;
    case 6:
    case 12:
    case 14:
        reference_[channel] = low_part;
        break;
    case 7:
    case 13:
    case 15:
        reference_[channel] = !low_part;
        break;
    case 8: // retriggerable: active until the trigger
    case 9:
        reference_[channel] = output_mode(channel) == 9;
        break;
    default:
        break;
    }
}

/// OCxREFC (RM0432 38.3.12 to 38.3.14): OCxREF, with its neighbour's in the combined modes and the
/// asymmetric ones, and with OC5REF where GC5Cx says so.
bool Timer::combined(unsigned channel) const {
    bool level = reference_[channel];
    if (is_combined(channel)) {
        const bool neighbour = reference_[channel ^ 1];
        const bool falls = mode() == Mode::down || (mode() == Mode::centre && position_.down);
        switch (output_mode(channel)) {
        case 12:
            level = level || neighbour;
            break;
        case 13:
            level = level && neighbour;
            break;
        default:
            level = falls ? neighbour : level;
            break;
        }
    }
    const bool grouped = channels_ > 4 && channel < 3 && (at(ccr5) >> (29 + channel) & 1) != 0;
    return level && (!grouped || reference_[4]);
}

void Timer::refresh_outputs() {
    for (unsigned channel = 0; channel < channels_; ++channel)
        if (is_output(channel))
            refresh_reference(channel);
    for (unsigned channel = 0; channel < channels_; ++channel) {
        output_[channel] = combined(channel);
        drive_channel(channel);
    }
    update_trgo_level();
}

void Timer::set_output(unsigned channel, bool active) {
    reference_[channel] = active;
    output_[channel] = combined(channel);
    drive_channel(channel);
}

/// A channel's pins: its own, and the complementary one (RM0432, table of output control bits). A
/// pin whose output is off floats.
void Timer::drive_channel(unsigned channel) {
    const u32 enables = this->enables(channel);
    const int line = static_cast<int>(channel);
    const bool complements = has_complement(channel);
    if (channel < 3 && (!complements || !bit<0>(enables) || !bit<2>(enables)))
        dead_until_[channel] = never;
    if (!is_output(channel)) {
        let_go(oc1 + line);
        if (complements)
            let_go(oc1n + line);
    } else if (!outputs_enabled()) {
        drive_off(channel);
    } else if (complements && bit<0>(enables) && bit<2>(enables)) {
        drive_pair(channel);
    } else {
        const bool held = complements && has(bdtr, bdtr_ossr) && (enables & 5) != 0;
        if (bit<0>(enables) || held)
            drive(oc1 + line, (bit<0>(enables) && output_[channel]) != bit<1>(enables));
        else
            let_go(oc1 + line);
        if (complements && (bit<2>(enables) || held))
            drive(oc1n + line, (bit<2>(enables) && output_[channel]) != bit<3>(enables));
        else if (complements)
            let_go(oc1n + line);
    }
    if (channel == 0)
        drive(oc1_ref, output_[0] && outputs_enabled());
}

/// Without MOE: floating, or with OSSI at the levels that OISx and OISxN name.
void Timer::drive_off(unsigned channel) {
    const u32 enables = this->enables(channel);
    const int line = static_cast<int>(channel);
    const bool complements = has_complement(channel);
    const u32 idle = at(cr2) >> (8 + 2 * channel);
    const bool held = has(bdtr, bdtr_ossi) && channel < 4 && (enables & (complements ? 5 : 1)) != 0;
    if (channel < 3)
        dead_until_[channel] = never;
    if (held)
        drive(oc1 + line, bit<0>(idle));
    else
        let_go(oc1 + line);
    if (complements && held)
        drive(oc1n + line, bit<1>(idle));
    else if (complements)
        let_go(oc1n + line);
}

/// DTG (RM0432 38.4.20) in cycles of HCLK.
Cycles Timer::dead_time() const {
    const u32 dtg = at(bdtr) & 0xFF;
    const u32 ckd = at(cr1) >> 8 & 3;
    u64 steps = dtg;
    if (dtg >= 0xE0)
        steps = (32 + (dtg & 31)) * 16;
    else if (dtg >= 0xC0)
        steps = (32 + (dtg & 31)) * 8;
    else if (dtg >= 0x80)
        steps = (64 + (dtg & 63)) * 2;
    const u64 ticks = steps << std::min(ckd, 2u);
    return (ticks * rate_.cycles + rate_.ticks - 1) / rate_.ticks;
}

/// OCx and OCxN together: of the two, the one that is to become active waits for the dead time.
void Timer::drive_pair(unsigned channel) {
    const u32 enables = this->enables(channel);
    const int line = static_cast<int>(channel);
    if (turned_[channel] != output_[channel]) {
        turned_[channel] = output_[channel];
        const Cycles wait = dead_time();
        dead_until_[channel] = wait == 0 ? never : around.now() + wait;
    }
    const bool alive = dead_until_[channel] == never;
    drive(oc1 + line, (alive && turned_[channel]) != bit<1>(enables));
    drive(oc1n + line, (alive && !turned_[channel]) != bit<3>(enables));
}

void Timer::end_dead_time() {
    for (unsigned channel = 0; channel < dead_until_.size(); ++channel)
        if (dead_until_[channel] <= around.now()) {
            dead_until_[channel] = never;
            drive_pair(channel);
        }
}

void Timer::pulse(int output) {
    drive(output, true);
    drive(output, false);
}

void Timer::pulse_trgo(u32 mode) {
    if (trgo_mode() == mode)
        pulse(trgo);
    if (trgo2_mode() == mode)
        pulse(trgo2);
}

void Timer::update_trgo_level() {
    const u32 mode = trgo_mode();
    if (mode == 1)
        drive(trgo, has(cr1, cr1_cen));
    else if (mode >= 4)
        drive(trgo, output_[mode - 4]);
    const u32 second = trgo2_mode();
    if (second == 1)
        drive(trgo2, has(cr1, cr1_cen));
    else if (second >= 10)
        follow_references(second);
    else if (second >= 4)
        drive(trgo2, output_[second - 4]);
}

/// MMS2 from 10 on: a pulse for each edge of a kind, of OC4REFC to OC6REFC.
void Timer::follow_references(u32 mode) {
    struct Edges {
        u32 rising, falling;
    };
    constexpr u32 oc4 = 1u << 3, oc5 = 1u << 4, oc6 = 1u << 5;
    static constexpr Edges edges[] = {{oc4, oc4}, {oc6, oc6},     {oc4 | oc6, 0},
                                      {oc4, oc6}, {oc5 | oc6, 0}, {oc5, oc6}};
    u32 levels = 0;
    for (unsigned channel = 0; channel < channels_; ++channel)
        levels |= output_[channel] ? 1u << channel : 0;
    const u32 changed = std::exchange(followed_, levels) ^ levels;
    const auto& [rising, falling] = edges[mode - 10];
    if ((changed & levels & rising) != 0 || (changed & ~levels & falling) != 0)
        pulse(trgo2);
}

void Timer::request(int output, u32 enable) {
    if (has(dier, enable)) {
        burst_ = 0;
        pulse(output);
    }
}

void Timer::refresh_interrupts() {
    const u32 requests = at(sr) & at(dier);
    // BIE is for both break inputs.
    const bool broken = has(sr, flag_break | flag_break2) && has(dier, flag_break);
    drive(irq, broken || (requests & 0xFF) != 0);
    drive(irq_break, broken);
    drive(irq_update, (requests & flag_update) != 0);
    drive(irq_trigger, (requests & (flag_trigger | flag_com)) != 0);
    drive(irq_compare, (requests & 0x1E) != 0);
}

void Timer::break_event(u32 flag) {
    at(bdtr) &= ~bdtr_moe;
    at(sr) |= flag;
    refresh_outputs();
}

} // namespace tinysim
