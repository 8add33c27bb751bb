#include "rtc.hpp"
#include "rtc_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace rtc;

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

} // namespace tinysim
