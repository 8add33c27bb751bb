#include "timer.hpp"

#include <algorithm>

namespace tinysim {
namespace {

enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    smcr = 0x08,
    dier = 0x0C,
    sr = 0x10,
    egr = 0x14,
    ccmr1 = 0x18,
    ccmr2 = 0x1C,
    ccer = 0x20,
    cnt = 0x24,
    psc = 0x28,
    arr = 0x2C,
    ccr1 = 0x34,
    ccr4 = 0x40,
};

constexpr u32 cr1_cen = 1u << 0;
constexpr u32 cr1_udis = 1u << 1;
constexpr u32 cr1_urs = 1u << 2;
constexpr u32 cr1_opm = 1u << 3;
constexpr u32 cr1_arpe = 1u << 7;
constexpr u32 sr_uif = 1u << 0;
constexpr u32 sr_cc1if = 1u << 1;

const Registered model{"Timers.STM32_Timer", make<Timer>};

} // namespace

Timer::Timer(const Site& site)
    : Peripheral(site.name, site.around), clocks_(site.clocks),
      limit_(site.number("initialLimit", 0xFFFF)), basic_(name == "tim6" || name == "tim7"),
      arr_(limit_), reload_(limit_) {}

void Timer::after_reset() {
    rate_ = clocks_.timer_rate(name);
    drive(0, false);
}

bool Timer::counting() const { return (cr1_ & cr1_cen) != 0 && reload_ != 0; }

u32 Timer::count(Cycles at) const {
    if (!counting() || at <= since_)
        return count_;
    const u64 ticks = ticks_in(at - since_);
    const u64 period = u64{reload_} + 1;
    const u64 value = count_ + ticks;
    if (count_ <= reload_)
        return static_cast<u32>(value % period);
    // Above a lowered ARR it counts on to the end of its range.
    const u64 range = u64{limit_} + 1;
    return static_cast<u32>(value < range ? value : (value - range) % period);
}

/// When the count next becomes `value`, from `since_` on; `never` where it cannot.
Cycles Timer::reaches(u32 value) const {
    const u64 period = u64{reload_} + 1;
    if (value > reload_ && value <= count_)
        return never;
    if (count_ > reload_) {
        const u64 to_zero = u64{limit_} + 1 - count_;
        return value > count_ ? since_ + cycles_of(value - count_)
                              : since_ + cycles_of(to_zero + value);
    }
    if (value > reload_)
        return never;
    const u64 ticks = value > count_ ? value - count_ : period - count_ + value;
    return since_ + cycles_of(ticks);
}

/// Counts up to now, keeping the fraction of a tick that has passed.
void Timer::settle() {
    const Cycles now = around.now();
    if (!counting()) {
        since_ = now;
        return;
    }
    count_ = count(now);
    since_ += cycles_of(ticks_in(now - since_));
}

void Timer::replan() {
    Cycles next = never;
    if (counting()) {
        next = reaches(0);
        if (!basic_)
            for (const u32 compare : ccr_)
                next = std::min(next, reaches(compare));
    }
    schedule(next);
    drive(0, (sr_ & dier_ & 0x5F) != 0);
}

void Timer::after_clock_change() {
    const Rate rate = clocks_.timer_rate(name);
    if (rate != rate_) {
        rate_ = rate;
        since_ = around.now();
        replan();
    }
}

void Timer::update_event(bool by_software) {
    if ((cr1_ & cr1_udis) == 0) {
        prescaler_ = psc_;
        reload_ = arr_;
        if (!by_software || (cr1_ & cr1_urs) == 0)
            sr_ |= sr_uif;
    }
}

void Timer::on_due() {
    // `due` is exactly when the count changed to what it is now.
    const Cycles at = due;
    const bool at_zero = reaches(0) == at;
    const u32 value = count(at);
    count_ = value;
    since_ = at;
    if (!basic_)
        for (unsigned channel = 0; channel < 4; ++channel)
            if (ccr_[channel] == value)
                sr_ |= sr_cc1if << channel;
    if (at_zero) {
        update_event(false);
        if ((cr1_ & cr1_opm) != 0)
            cr1_ &= ~cr1_cen;
    }
    replan();
}

bool Timer::is_volatile(u32 offset) const { return offset == cnt; }

u32 Timer::read(u32 offset) {
    switch (offset) {
    case cr1:
        return cr1_;
    case cr2:
        return cr2_;
    case smcr:
        return smcr_;
    case dier:
        return dier_;
    case sr:
        return sr_;
    case ccmr1:
        return ccmr1_;
    case ccmr2:
        return ccmr2_;
    case ccer:
        return ccer_;
    case cnt:
        return count(around.now());
    case psc:
        return psc_;
    case arr:
        return arr_;
    default:
        return offset >= ccr1 && offset <= ccr4 && !basic_ ? ccr_[(offset - ccr1) / 4] : 0;
    }
}

void Timer::write(u32 offset, u32 value) {
    settle();
    switch (offset) {
    case cr1:
        if ((value & cr1_cen) != 0 && (cr1_ & cr1_cen) == 0)
            since_ = around.now();
        cr1_ = value;
        break;
    case cr2:
        cr2_ = value;
        break;
    case smcr:
        smcr_ = value;
        break;
    case dier:
        dier_ = value;
        break;
    case sr:
        sr_ &= value;
        break;
    case egr:
        sr_ |= basic_ ? 0 : value & 0x1E;
        if ((value & 1) != 0) {
            update_event(true);
            count_ = 0;
            since_ = around.now();
        }
        break;
    case ccmr1:
        ccmr1_ = value;
        break;
    case ccmr2:
        ccmr2_ = value;
        break;
    case ccer:
        ccer_ = value;
        break;
    case cnt:
        count_ = value & limit_;
        since_ = around.now();
        break;
    case psc:
        psc_ = value & 0xFFFF;
        break;
    case arr:
        arr_ = value & limit_;
        if ((cr1_ & cr1_arpe) == 0)
            reload_ = arr_;
        break;
    default:
        if (offset >= ccr1 && offset <= ccr4)
            ccr_[(offset - ccr1) / 4] = value & limit_;
    }
    replan();
}

u32 Timer::merge_base(u32 offset) {
    if (offset == sr)
        return 0xFFFFFFFF; // flags are cleared by writing 0
    return offset == egr ? 0 : read(offset);
}

void Timer::fields(State& state) {
    state(rate_.cycles, 1);
    state(rate_.ticks, 1);
    for (u32* value : {&cr1_, &cr2_, &smcr_, &dier_, &sr_, &ccmr1_, &ccmr2_, &ccer_, &psc_,
                       &prescaler_, &count_})
        state(*value);
    state(arr_, limit_);
    state(reload_, limit_);
    state(ccr_);
    state(since_);
}

} // namespace tinysim
