#pragma once

#include "../../types.hpp"

namespace tinysim {

/// A time and a date as RTC's TR and DR have them: binary-coded decimal digits.
struct RtcCalendar {
    u32 time = 0;          ///< TR
    u32 date = 0x00002101; ///< DR

    void add_second(bool twelve_hours);
    /// Summer time: an hour on or back, within the day.
    void add_hour(bool twelve_hours);
    void subtract_hour(bool twelve_hours);

private:
    void add_day();
};

} // namespace tinysim
