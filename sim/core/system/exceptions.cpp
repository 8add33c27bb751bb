#include "exceptions.hpp"

#include <algorithm>

namespace tinysim {

std::string exception_name(unsigned number) {
    static const char* const names[] = {
        "Thread", "Reset", "NMI", "HardFault", "MemManage",    "BusFault", "UsageFault", "7",
        "8",      "9",     "10",  "SVCall",    "DebugMonitor", "13",       "PendSV",     "SysTick"};
    return number < 16 ? names[number] : "IRQ" + std::to_string(number - 16);
}

void Exceptions::reset() {
    const u32 kept = demcr & demcr_kept;
    *this = Exceptions{};
    demcr = kept;
}

bool Exceptions::set_line(unsigned irq, bool level) {
    const unsigned number = 16 + irq;
    if (number >= count)
        return false;
    // A source may say again that its line is high: what its handler deals with already.
    const bool becomes_pending = level && !line[number] && !pending[number];
    line.set(number, level);
    if (becomes_pending)
        pend(number);
    return becomes_pending;
}

int Exceptions::group(int priority) const {
    if (priority < 0 || priority >= lowest)
        return priority;
    return priority & ~((2 << prigroup) - 1);
}

int Exceptions::priority(unsigned number) const {
    switch (static_cast<Exception>(number)) {
    case Exception::reset:
        return -3;
    case Exception::nmi:
        return -2;
    case Exception::hard_fault:
        return -1;
    default:
        return priorities[number];
    }
}

int Exceptions::active_priority() const {
    int highest = lowest;
    active.each([&](unsigned number) { highest = std::min(highest, group(priority(number))); });
    return highest;
}

int Exceptions::execution_priority(bool primask, bool faultmask, u32 basepri) const {
    int result = active_priority();
    if (basepri != 0 && group(static_cast<int>(basepri)) < result)
        result = group(static_cast<int>(basepri));
    if (primask && result > 0)
        result = 0;
    if (faultmask && result > -1)
        result = -1;
    return result;
}

bool Exceptions::fault_enabled(Exception exception) const {
    switch (exception) {
    case Exception::mem_manage:
        return bit<16>(shcsr_enables);
    case Exception::bus_fault:
        return bit<17>(shcsr_enables);
    case Exception::usage_fault:
        return bit<18>(shcsr_enables);
    case Exception::debug_monitor:
        return bit<16>(demcr);
    default:
        return true;
    }
}

bool Exceptions::is_enabled(unsigned number) const {
    if (number >= 16)
        return enabled[number];
    return fault_enabled(static_cast<Exception>(number));
}

unsigned Exceptions::next(bool primask, bool faultmask, u32 basepri) const {
    unsigned best = 0;
    int best_priority = lowest;
    // C_MASKINTS holds back PendSV, SysTick and the external interrupts (C1.6.2).
    const unsigned end = internal_only ? static_cast<unsigned>(Exception::pend_sv) : count;
    pending.each([&](unsigned number) {
        if (number < end && is_enabled(number) && priority(number) < best_priority) {
            best = number;
            best_priority = priority(number);
        }
    });
    if (best != 0 && group(best_priority) < execution_priority(primask, faultmask, basepri))
        return best;
    return 0;
}

bool Exceptions::wakes(bool faultmask, u32 basepri) const {
    return next(false, faultmask, basepri) != 0;
}

bool Exceptions::can_preempt() const {
    const int now_at = active_priority();
    for (unsigned number = 11; number < count; ++number)
        if (is_enabled(number) && group(priority(number)) < now_at)
            return true;
    return false;
}

void Exceptions::activate(unsigned number) {
    active.set(number);
    pending.set(number, false);
    current = number;
}

void Exceptions::deactivate(unsigned number) {
    active.set(number, false);
    if (number >= 16 && line[number])
        pending.set(number);
}

} // namespace tinysim
