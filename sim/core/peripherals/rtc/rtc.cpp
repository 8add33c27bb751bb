#include "rtc.hpp"

#include "rtc_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace rtc;

namespace {

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
