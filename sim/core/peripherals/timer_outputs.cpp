#include "timer.hpp"

#include "timer_registers.hpp"

#include <algorithm>

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

/// The levels that follow from the count alone.
void Timer::refresh_outputs() {
    for (unsigned channel = 0; channel < channels_; ++channel) {
        if (!is_output(channel)) {
            drive_channel(channel);
            continue;
        }
        const bool falls = mode() == Mode::down || (mode() == Mode::centre && position_.down);
        const bool low_part =
            falls ? position_.count <= compare(channel) : position_.count < compare(channel);
        switch (output_mode(channel)) {
        case 4:
            set_output(channel, false);
            break;
        case 5:
            set_output(channel, true);
            break;
        case 6:
        case 12: // combined with its neighbour, which is not modelled: as alone
            set_output(channel, low_part);
            break;
        case 7:
        case 13:
            set_output(channel, !low_part);
            break;
        case 8: // retriggerable: active until the trigger
        case 9:
            set_output(channel, output_mode(channel) == 9);
            break;
        default:
            break;
        }
        drive_channel(channel);
    }
    update_trgo_level();
}

void Timer::set_output(unsigned channel, bool active) {
    reference_[channel] = active;
    drive_channel(channel);
}

/// A channel's pins: its own, and the complementary one. A pin whose output is off floats.
void Timer::drive_channel(unsigned channel) {
    const u32 enables = at(ccer) >> 4 * channel;
    const int line = static_cast<int>(channel);
    const bool enabled = outputs_enabled() && is_output(channel);
    if (bit<0>(enables) && enabled)
        drive(oc1 + line, reference_[channel] != bit<1>(enables));
    else
        let_go(oc1 + line);
    if (channel < 3 && bit<2>(enables) && enabled)
        drive(oc1n + line, reference_[channel] == bit<3>(enables));
    else if (channel < 3)
        let_go(oc1n + line);
    if (channel == 0)
        drive(oc1_ref, reference_[channel] && outputs_enabled());
}

void Timer::pulse(int output) {
    drive(output, true);
    drive(output, false);
}

void Timer::pulse_trgo(u32 mode) {
    if (trgo_mode() == mode)
        pulse(trgo);
}

void Timer::update_trgo_level() {
    const u32 mode = trgo_mode();
    if (mode == 1)
        drive(trgo, has(cr1, cr1_cen));
    else if (mode >= 4)
        drive(trgo, reference_[mode - 4]);
}

void Timer::request(int output, u32 enable) {
    if (has(dier, enable)) {
        burst_ = 0;
        pulse(output);
    }
}

void Timer::refresh_interrupts() {
    const u32 requests = at(sr) & at(dier);
    drive(irq, (requests & 0xFF) != 0);
    drive(irq_break, (requests & flag_break) != 0);
    drive(irq_update, (requests & flag_update) != 0);
    drive(irq_trigger, (requests & (flag_trigger | flag_com)) != 0);
    drive(irq_compare, (requests & 0x1E) != 0);
}

void Timer::break_event() {
    at(bdtr) &= ~bdtr_moe;
    at(sr) |= flag_break;
    refresh_outputs();
}

} // namespace tinysim
