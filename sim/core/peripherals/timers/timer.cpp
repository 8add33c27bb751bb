#include "timer.hpp"

#include "timer_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace timer;

namespace {

const Registered model{"Timers.STM32_Timer", make<Timer>};

} // namespace

Timer::Timer(const Site& site)
    : RegisterBlock(site.name, site.around,
                    registers(site.number("initialLimit", 0xFFFF), site.number("channels", 4),
                              site.flag("hasBreak"))),
      clocks_(site.clocks), limit_(site.number("initialLimit", 0xFFFF)),
      channels_(site.number("channels", 4)), break_(site.flag("hasBreak")), reload_(limit_) {}

int Timer::output(const std::string& name) const {
    static const std::map<std::string, int> names = {{"brk", irq_break},
                                                     {"up", irq_update},
                                                     {"trg_com", irq_trigger},
                                                     {"cc", irq_compare},
                                                     {"trgo", trgo},
                                                     {"trgo2", trgo2},
                                                     {"ch1", oc1},
                                                     {"ch2", oc1 + 1},
                                                     {"ch3", oc1 + 2},
                                                     {"ch4", oc1 + 3},
                                                     {"ch1n", oc1n},
                                                     {"ch2n", oc1n + 1},
                                                     {"ch3n", oc1n + 2},
                                                     {"dma_ch1", dma_ch1},
                                                     {"dma_ch2", dma_ch1 + 1},
                                                     {"dma_ch3", dma_ch1 + 2},
                                                     {"dma_ch4", dma_ch1 + 3},
                                                     {"dma_up", dma_up},
                                                     {"dma_trig", dma_trig},
                                                     {"dma_com", dma_com},
                                                     {"oc1", oc1_ref}};
    const auto found = names.find(name);
    return found == names.end() ? irq : found->second;
}

void Timer::after_reset() {
    rate_ = clocks_.timer_rate(name);
    for (int line = 0; line <= trgo2; ++line)
        if (line >= oc1 && line < dma_ch1)
            let_go(line);
        else
            drive(line, false);
}

Timer::Mode Timer::mode() const {
    if (has(cr1, cr1_cms))
        return Mode::centre;
    return has(cr1, cr1_dir) ? Mode::down : Mode::up;
}

bool Timer::encoder() const {
    if (channels_ < 2)
        return false;
    const u32 slave = bits<2, 0>(at(smcr)) | (bit<16>(at(smcr)) ? 8 : 0);
    return slave >= encoder1 && slave <= encoder3;
}

bool Timer::internal_clock() const {
    if (channels_ < 2)
        return true;
    const u32 slave = bits<2, 0>(at(smcr)) | (bit<16>(at(smcr)) ? 8 : 0);
    if (has(smcr, smcr_ece) || slave == external_clock || encoder())
        return false;
    return slave != slave_gated || (trigger_inputs_ & 1u << 31) != 0;
}

bool Timer::counting() const {
    return has(cr1, cr1_cen) && reload_ != 0 && internal_clock() && !around.is_stopped();
}

bool Timer::is_output(unsigned channel) const {
    return channel < channels_ && capture_select(channel) == 0;
}

u32 Timer::capture_select(unsigned channel) const {
    return channel > 3 ? 0 : at(channel < 2 ? ccmr1 : ccmr2) >> 8 * (channel & 1) & 3;
}

u32 Timer::output_mode(unsigned channel) const { return commuted_.modes[channel]; }

/// Takes over what CCER and OCxM say; of complementary channels not all, as CCPC preloads them.
void Timer::commute(bool all) {
    static constexpr u32 registers_of[] = {ccmr1, ccmr2, ccmr3};
    for (unsigned channel = 0; channel < channels_; ++channel) {
        const u32 polarity = 10u << 4 * channel;
        const bool waits = !all && has_complement(channel) && has(cr2, cr2_ccpc);
        const u32 taken = waits ? polarity : 15u << 4 * channel;
        commuted_.enables = (commuted_.enables & ~taken) | (at(ccer) & taken);
        const u32 value = at(registers_of[channel / 2]) >> 8 * (channel & 1);
        if (!waits)
            commuted_.modes[channel] = (value >> 4 & 7) | (value >> 16 & 1) << 3;
    }
}

/// COM: all outputs change at once (RM0432 38.3.16).
void Timer::commutation_event() {
    commute(true);
    at(sr) |= flag_com;
    request(dma_com, dier_comde);
}

u32 Timer::trgo_mode() const { return is_wired(trgo) ? at(cr2) >> 4 & 7 : 0; }
u32 Timer::trgo2_mode() const { return is_wired(trgo2) ? at(cr2) >> 20 & 15 : 0; }

bool Timer::outputs_enabled() const { return !break_ || has(bdtr, bdtr_moe); }

void Timer::overflow() {
    if (repetitions_ != 0) {
        --repetitions_;
        return;
    }
    update_event(false);
    if (has(cr1, cr1_opm))
        at(cr1) &= ~cr1_cen;
    if (break_ && has(bdtr, bdtr_aoe) && !has(sr, flag_break | flag_break2))
        at(bdtr) |= bdtr_moe;
}

void Timer::load_preloaded() {
    prescaler_ = at(psc);
    reload_ = at(arr);
    repetitions_ = break_ ? at(rcr) : 0;
    for (unsigned channel = 0; channel < channels_; ++channel)
        active_[channel] = at(channel < 4 ? ccr1 + 4 * channel : ccr5 + 4 * (channel - 4)) & limit_;
}

void Timer::update_event(bool by_software, bool by_slave) {
    if (has(cr1, cr1_udis))
        return;
    load_preloaded();
    if ((by_software || by_slave) && has(cr1, cr1_urs))
        return;
    at(sr) |= flag_update;
    request(dma_up, dier_ude);
    pulse_trgo(2);
}

bool Timer::is_volatile(u32 offset) const { return offset == cnt; }

u32 Timer::reading(u32 offset) {
    switch (offset) {
    case cnt: {
        settle();
        const bool copy = has(cr1, cr1_uifremap) && has(sr, flag_update);
        return position_.count | (copy ? 1u << 31 : 0);
    }
    case cr1:
        if (mode() == Mode::centre) {
            settle();
            return (at(cr1) & ~cr1_dir) | (position_.down ? cr1_dir : 0);
        }
        return at(cr1);
    case dmar: {
        const u32 target = 4 * (bits<4, 0>(at(dcr)) + burst_);
        return map().find(target) ? at(target) : 0;
    }
    default:
        if (offset >= ccr1 && offset <= ccr4 && offset / 4 - ccr1 / 4 < channels_ &&
            !is_output((offset - ccr1) / 4)) { // reading a capture clears its flag
            at(sr) &= ~(flag_cc1 << (offset - ccr1) / 4);
            refresh_interrupts();
        }
        return at(offset);
    }
}

bool Timer::writing(u32 offset, u32& value) {
    settle();
    if (offset == dmar) {
        const u32 target = 4 * (bits<4, 0>(at(dcr)) + burst_);
        const bool more = burst_ < bits<12, 8>(at(dcr));
        ++burst_;
        if (target != dmar)
            write(target, value);
        if (more)
            pulse(dma_up);
        return false;
    }
    if (offset == cr1 && (value & cr1_cms) == 0 && mode() == Mode::centre)
        position_.down = false;
    return true;
}

void Timer::written(u32 offset, u32 value) {
    switch (offset) {
    case cr1:
        update_trgo_level();
        break;
    case egr:
        if ((value & flag_update) != 0) {
            update_event(true);
            if (has(cr1, cr1_udis))
                reload_ = has(cr1, cr1_arpe) ? reload_ : at(arr);
            position_ = {mode() == Mode::down ? reload_ : 0, mode() == Mode::down};
            since_ = around.now();
            prescaled_ = 0;
            pulse_trgo(0);
        }
        for (unsigned channel = 0; channel < std::min(channels_, 4u); ++channel)
            if ((value & flag_cc1 << channel) != 0) {
                if (is_output(channel))
                    at(sr) |= flag_cc1 << channel;
                else
                    capture_event(channel);
            }
        if ((value & flag_trigger) != 0 && channels_ > 1) {
            at(sr) |= flag_trigger;
            request(dma_trig, dier_tde);
        }
        if (break_ && (value & flag_com) != 0)
            commutation_event();
        if (break_ && (value & flag_break) != 0)
            break_event(flag_break);
        if (channels_ > 4 && (value & flag_break2) != 0)
            break_event(flag_break2);
        break;
    case cnt:
        position_.count = value & limit_;
        since_ = around.now();
        break;
    case arr:
        if (!has(cr1, cr1_arpe))
            reload_ = at(arr);
        break;
    default:
        if (offset >= ccr1 && offset <= ccr4) {
            const unsigned channel = (offset - ccr1) / 4;
            const u32 preload = at(channel < 2 ? ccmr1 : ccmr2) >> (8 * (channel & 1) + 3) & 1;
            if (preload == 0 || !is_output(channel))
                active_[channel] = at(offset) & limit_;
        } else if (offset == ccr5 || offset == ccr6) {
            active_[offset == ccr5 ? 4 : 5] = at(offset) & 0xFFFF;
        }
    }
    commute(false);
    if (edge_due_ == never && channels_ > 0 && channels_ < 3)
        next_edge(around.now());
    refresh_outputs();
    refresh_interrupts();
    replan();
}

void Timer::after_clock_change() {
    const Rate rate = clocks_.timer_rate(name);
    if (rate == rate_ && around.is_stopped() == stopped_)
        return;
    rate_ = rate;
    stopped_ = around.is_stopped();
    since_ = around.now();
    replan();
}

void Timer::fields(State& state) {
    RegisterBlock::fields(state);
    state(rate_.cycles, 1);
    state(rate_.ticks, 1);
    state(prescaler_);
    state(reload_, limit_);
    state(active_);
    state(repetitions_);
    state(position_.count);
    state(position_.down);
    state(since_, around.now());
    state(prescaled_);
    state(reference_);
    state(output_);
    state(turned_);
    state(dead_until_, {never, never, never});
    state.outside(inputs_);
    state.outside(trigger_inputs_);
    state(external_edges_);
    state(followed_);
    state(commuted_);
    state(captures_);
    state(burst_);
    state(stopped_);
    state(edge_due_, never);
    state(edge_remainder_);
}

} // namespace tinysim
