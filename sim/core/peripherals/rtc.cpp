#include "rtc.hpp"

#include "rtc_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace rtc;

namespace {

constexpr u32 cr_tsedge = 1u << 3;
constexpr u32 cr_fmt = 1u << 6;
constexpr u32 cr_alrae = 1u << 8;
constexpr u32 cr_wute = 1u << 10;
constexpr u32 cr_tse = 1u << 11;
constexpr u32 cr_alraie = 1u << 12;
constexpr u32 cr_wutie = 1u << 14;
constexpr u32 cr_tsie = 1u << 15;
constexpr u32 cr_add1h = 1u << 16;
constexpr u32 cr_sub1h = 1u << 17;
constexpr u32 isr_alrawf = 1u << 0;
constexpr u32 isr_wutwf = 1u << 2;
constexpr u32 isr_inits = 1u << 4;
constexpr u32 isr_rsf = 1u << 5;
constexpr u32 isr_initf = 1u << 6;
constexpr u32 isr_init = 1u << 7;
constexpr u32 isr_alraf = 1u << 8;
constexpr u32 isr_wutf = 1u << 10;
constexpr u32 isr_tsf = 1u << 11;
constexpr u32 isr_tsovf = 1u << 12;
constexpr u32 isr_tamp1f = 1u << 13;
constexpr u32 tampcr_tampie = 1u << 2;
constexpr u32 tampcr_tampts = 1u << 7;
constexpr u32 shiftr_add1s = 1u << 31;

/// Where TAMPCR has the bits of each pin.
struct Tamper {
    unsigned enable, trigger, interrupt, no_erase;
};
constexpr Tamper tampers[] = {{0, 1, 16, 17}, {3, 4, 19, 20}, {5, 6, 22, 23}};

const Registered model{"Timers.STM32L4_RTC", make<Rtc>};

} // namespace

Rtc::Rtc(const Site& site)
    : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}

void Rtc::after_reset() {
    key_ = 0;
    rate_ = clocks_.rtc_clock();
    hclk_ = around.hclk();
    refresh_outputs();
    replan();
}

RtcCalibration Rtc::calibration() const { return {at(calr), at(prer) >> 16 & 0x7F}; }
u32 Rtc::sync_prescaler() const { return at(prer) & 0x7FFF; }
u64 Rtc::second() const { return u64{sync_prescaler() + 1} * ((at(prer) >> 16 & 0x7F) + 1); }
bool Rtc::is_initialising() const { return has(isr, isr_init); }

u32 Rtc::subsecond() const {
    const u64 ticks = clocks_in_second_ / ((at(prer) >> 16 & 0x7F) + 1);
    return sync_prescaler() - static_cast<u32>(std::min<u64>(ticks, sync_prescaler()));
}

// ---------------------------------------------------------------- time

void Rtc::settle() {
    const Cycles now = around.now();
    if (now <= since_ || rate_ == 0) {
        since_ = now;
        return;
    }
    const auto passed = static_cast<unsigned __int128>(now - since_) * rate_ + residue_;
    residue_ = static_cast<u64>(passed % hclk_);
    since_ = now;
    const auto clocks = static_cast<u64>(passed / hclk_);
    const u64 place = calibration_place_;
    calibration_place_ = (place + clocks) % RtcCalibration::cycle;
    const RtcCalibration calibrates = calibration();
    advance(calibrates.is_off() ? clocks : calibrates.calibrated(place, clocks));
}

void Rtc::after_clock_change() {
    const u32 rate = clocks_.rtc_clock();
    const u32 hclk = around.hclk();
    if (rate == rate_ && hclk == hclk_)
        return;
    residue_ = residue_ * hclk / hclk_;
    rate_ = rate;
    hclk_ = hclk;
    replan();
}

/// Steps from one thing that happens to the next.
void Rtc::advance(u64 clocks) {
    while (clocks != 0) {
        u64 step = clocks;
        if (!is_initialising())
            step = std::min(
                {step, second() - clocks_in_second_, to_alarm(alarm_a), to_alarm(alarm_b)});
        if (wakeup_left_ != 0)
            step = std::min(step, wakeup_left_);
        clocks -= step;
        if (!is_initialising()) {
            clocks_in_second_ += step;
            if (clocks_in_second_ >= second()) {
                clocks_in_second_ = 0;
                calendar_.add_second(has(cr, cr_fmt));
            }
            for (const Alarm alarm : {alarm_a, alarm_b})
                if (alarm_matches(alarm))
                    at(isr) |= isr_alraf << alarm;
        }
        if (wakeup_left_ != 0 && (wakeup_left_ -= step) == 0) {
            at(isr) |= isr_wutf;
            wakeup_left_ = wakeup_period();
        }
    }
    refresh_outputs();
}

/// Clocks until an alarm's subseconds next match in this second.
u64 Rtc::to_alarm(Alarm alarm) const {
    const u32 mask = at(alrmassr + 4 * alarm) >> 24 & 15;
    if (!has(cr, cr_alrae << alarm) || mask == 0)
        return never;
    const u64 tick_length = (at(prer) >> 16 & 0x7F) + 1;
    const u32 period = 1u << std::min(mask, 15u);
    const u32 wanted = (sync_prescaler() - (at(alrmassr + 4 * alarm) & 0x7FFF)) & (period - 1);
    u64 tick = clocks_in_second_ / tick_length + 1;
    tick += (wanted - static_cast<u32>(tick)) & (period - 1);
    return tick * tick_length < second() ? tick * tick_length - clocks_in_second_ : never;
}

bool Rtc::date_matches(Alarm alarm) const {
    const u32 wanted = at(alrmar + 4 * alarm);
    const auto same = [&](unsigned mask_bit, u32 bits_of_it, u32 shown) {
        return (wanted >> mask_bit & 1) != 0 || ((wanted ^ shown) & bits_of_it) == 0;
    };
    const u32 weekday = (calendar_.date >> 13 & 7) << 24;
    const u32 day = (calendar_.date & 0x3F) << 24;
    return same(7, 0x7F, calendar_.time) && same(15, 0x7F00, calendar_.time) &&
           same(23, 0x7F0000, calendar_.time) &&
           (bit<30>(wanted) ? same(31, 0x0F000000, weekday) : same(31, 0x3F000000, day));
}

/// Whether an alarm goes off at this moment, the beginning of a tick.
bool Rtc::alarm_matches(Alarm alarm) const {
    const u64 tick_length = (at(prer) >> 16 & 0x7F) + 1;
    if (!has(cr, cr_alrae << alarm) || clocks_in_second_ % tick_length != 0)
        return false;
    const u32 mask = at(alrmassr + 4 * alarm) >> 24 & 15;
    if (mask == 0 && clocks_in_second_ != 0)
        return false;
    const u32 compared = mask == 0 ? 0 : (1u << mask) - 1;
    return ((subsecond() ^ at(alrmassr + 4 * alarm)) & compared & 0x7FFF) == 0 &&
           date_matches(alarm);
}

u64 Rtc::wakeup_period() const {
    const u32 select = at(cr) & 7;
    const u64 count = u64{at(wutr)} + 1 + (select >= 6 ? 0x10000 : 0);
    return count * (select < 4 ? 16u >> select : second());
}

void Rtc::replan() {
    u64 clocks = never;
    if (rate_ != 0) {
        const bool alarms = has(cr, 3 * cr_alrae) && !is_initialising();
        if (alarms)
            clocks = std::min({second() - clocks_in_second_, to_alarm(alarm_a), to_alarm(alarm_b)});
        if (wakeup_left_ != 0)
            clocks = std::min(clocks, wakeup_left_);
    }
    if (clocks == never)
        return schedule(never);
    if (const RtcCalibration calibrates = calibration(); !calibrates.is_off())
        clocks = calibrates.needed(calibration_place_, clocks);
    const auto needed = static_cast<unsigned __int128>(clocks) * hclk_ - residue_;
    schedule(since_ + static_cast<Cycles>((needed + rate_ - 1) / rate_));
}

void Rtc::on_due() {
    settle();
    replan();
}

// ---------------------------------------------------------------- events

void Rtc::refresh_outputs() {
    bool alarm = false;
    for (const Alarm each : {alarm_a, alarm_b})
        alarm = alarm || (has(isr, isr_alraf << each) && has(cr, cr_alraie << each));
    const bool wakeup = has(isr, isr_wutf) && has(cr, cr_wutie);
    bool event = has(isr, isr_tsf) && has(cr, cr_tsie);
    for (unsigned pin = 0; pin < std::size(tampers); ++pin)
        event = event || (has(isr, isr_tamp1f << pin) &&
                          has(tampcr, tampcr_tampie | 1u << tampers[pin].interrupt));
    drive(0, alarm);
    drive(1, event);
    drive(2, wakeup);
    drive(3, alarm || event || wakeup);
}

void Rtc::take_time_stamp() {
    if (has(isr, isr_tsf)) {
        at(isr) |= isr_tsovf;
    } else {
        at(tstr) = calendar_.time;
        at(tsdr) = calendar_.date & 0xFFFF;
        at(tsssr) = subsecond();
        at(isr) |= isr_tsf;
    }
}

void Rtc::tamper(unsigned pin) {
    at(isr) |= isr_tamp1f << pin;
    if (!has(tampcr, 1u << tampers[pin].no_erase))
        for (u32 offset = bkp0r; offset <= bkp31r; offset += 4)
            at(offset) = 0;
    if (has(tampcr, tampcr_tampts))
        take_time_stamp();
}

void Rtc::input(int line, bool level) {
    const u32 mask = 1u << line;
    if (((levels_ & mask) != 0) == level)
        return;
    levels_ ^= mask;
    settle();
    if (line == 0) {
        if (has(cr, cr_tse) && level != has(cr, cr_tsedge))
            take_time_stamp();
    } else if (const unsigned pin = static_cast<unsigned>(line - 1);
               has(tampcr, 1u << tampers[pin].enable)) {
        // TRG: with a filter the level that is meant, without one the edge.
        const bool filtered = (at(tampcr) >> 11 & 3) != 0;
        const bool falling = has(tampcr, 1u << tampers[pin].trigger);
        if (level == (filtered ? falling : !falling))
            tamper(pin);
    }
    refresh_outputs();
}

// ---------------------------------------------------------------- registers

bool Rtc::is_volatile(u32 offset) const { return offset <= dr || offset == ssr || offset == isr; }

u32 Rtc::reading(u32 offset) {
    settle();
    switch (offset) {
    case tr:
        return is_initialising() ? at(tr) : calendar_.time;
    case dr:
        return is_initialising() ? at(dr) : calendar_.date;
    case ssr:
        return subsecond();
    case isr: {
        u32 value = at(isr) & ~(isr_initf | isr_inits | isr_wutwf | 3u * isr_alrawf);
        if (rate_ != 0)
            value |= isr_rsf | (is_initialising() ? isr_initf : 0);
        value |= (calendar_.date >> 16 & 0xFF) != 0 ? isr_inits : 0;
        value |= has(cr, cr_wute) ? 0 : isr_wutwf;
        value |= ~(at(cr) >> 8) & 3;
        return value;
    }
    default:
        return at(offset);
    }
}

bool Rtc::writing(u32 offset, u32& value) {
    if (!around.backup_writable())
        return false;
    settle();
    constexpr u32 unlocked = 2;
    // Not protected by WPR: the flags of ISR, TAMPCR, OR and the backup registers.
    const bool protected_by_key = offset != wpr && offset < tampcr && offset != isr;
    if (protected_by_key && key_ != unlocked)
        return false;
    if (offset == isr && key_ != unlocked)
        value = (value & ~isr_init) | (at(isr) & isr_init);
    if ((offset == tr || offset == dr || offset == prer) && !is_initialising())
        return false;
    if ((offset == alrmar || offset == alrmassr) && has(cr, cr_alrae))
        return false;
    if ((offset == alrmar + 4 || offset == alrmassr + 4) && has(cr, cr_alrae << 1))
        return false;
    if (offset == wutr && has(cr, cr_wute))
        return false;
    if (offset == isr && (value & isr_init) != 0 && !is_initialising()) {
        at(tr) = calendar_.time;
        at(dr) = calendar_.date;
    }
    if (offset == isr && (value & isr_init) == 0 && is_initialising()) {
        calendar_ = {at(tr), at(dr)};
        clocks_in_second_ = 0;
    }
    return true;
}

void Rtc::written(u32 offset, u32 value) {
    switch (offset) {
    case wpr:
        key_ = value == 0xCA ? 1 : key_ == 1 && value == 0x53 ? 2 : 0;
        break;
    case cr:
        if (!has(cr, cr_wute))
            wakeup_left_ = 0;
        else if (wakeup_left_ == 0)
            wakeup_left_ = wakeup_period();
        if ((value & cr_add1h) != 0)
            calendar_.add_hour(has(cr, cr_fmt));
        if ((value & cr_sub1h) != 0)
            calendar_.subtract_hour(has(cr, cr_fmt));
        break;
    case shiftr: { // SUBFS delays the clock, ADD1S advances it by a second
        if ((value & shiftr_add1s) != 0)
            calendar_.add_second(has(cr, cr_fmt));
        const u64 delay = u64{value & 0x7FFF} * ((at(prer) >> 16 & 0x7F) + 1);
        clocks_in_second_ = clocks_in_second_ > delay ? clocks_in_second_ - delay : 0;
        break;
    }
    default:
        break;
    }
    refresh_outputs();
    replan();
}

void Rtc::fields(State& state) {
    RegisterBlock::fields(state);
    state.kept(calendar_.time, 0);
    state.kept(calendar_.date, 0x2101);
    state.kept(clocks_in_second_);
    state.kept(wakeup_left_);
    state.kept(since_, around.now());
    state.kept(calibration_place_);
    state.kept(residue_);
    state.kept(rate_);
    state.kept(hclk_, 1);
    state.kept(key_);
    state.outside(levels_);
}

} // namespace tinysim
