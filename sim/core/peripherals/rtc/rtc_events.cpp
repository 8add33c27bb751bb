#include "rtc.hpp"
#include "rtc_registers.hpp"

#include <iterator>

namespace tinysim {

using namespace rtc;

namespace {

/// Where TAMPCR has the bits of each pin.
struct Tamper {
    unsigned enable, trigger, interrupt, no_erase;
};
constexpr Tamper tampers[] = {{0, 1, 16, 17}, {3, 4, 19, 20}, {5, 6, 22, 23}};

} // namespace

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

} // namespace tinysim
