#include "sys_tick.hpp"

namespace tinysim {

u32 SysTick::value(Cycles now) const {
    if (!counting())
        return value_;
    const Cycles ticks = (now - since_) / tick();
    if (ticks <= value_)
        return value_ - static_cast<u32>(ticks);
    const Cycles beyond = (ticks - value_ - 1) % (Cycles{reload_} + 1);
    return reload_ - static_cast<u32>(beyond);
}

void SysTick::settle(Cycles now) {
    value_ = value(now);
    since_ = now;
}

u32 SysTick::read_control(Cycles) {
    const u32 result = control_;
    control_ &= ~countflag;
    return result;
}

void SysTick::write_control(Cycles now, u32 value) {
    settle(now);
    control_ = (control_ & countflag) | (value & (enable | tickint | clksource));
}

void SysTick::write_reload(Cycles now, u32 value) {
    settle(now);
    reload_ = value & 0xFFFFFF;
}

void SysTick::clear_value(Cycles now) {
    settle(now);
    value_ = 0;
    control_ &= ~countflag;
}

Cycles SysTick::due() const {
    if (!counting())
        return never;
    const Cycles ticks = value_ != 0 ? value_ : Cycles{reload_} + 1;
    return since_ + ticks * tick();
}

bool SysTick::on_due() {
    since_ = due();
    value_ = 0;
    control_ |= countflag;
    return (control_ & tickint) != 0;
}

} // namespace tinysim
