#include "rtc_calendar.hpp"

namespace tinysim {
namespace {

constexpr u32 pm = 1u << 22;

u32 from_bcd(u32 value) { return (value >> 4 & 15) * 10 + (value & 15); }
u32 to_bcd(u32 value) { return value / 10 << 4 | value % 10; }

struct Part {
    unsigned low;
    u32 mask;
    u32 get(u32 word) const { return from_bcd(word >> low & mask); }
    void set(u32& word, u32 value) const { word = (word & ~(mask << low)) | to_bcd(value) << low; }
};

constexpr Part seconds{0, 0x7F}, minutes{8, 0x7F}, hours{16, 0x3F};
constexpr Part days{0, 0x3F}, months{8, 0x1F}, years{16, 0xFF};

/// The hour of the day from 0 on, in either notation.
u32 hour_of(u32 time, bool twelve_hours) {
    const u32 shown = hours.get(time);
    return twelve_hours ? shown % 12 + ((time & pm) != 0 ? 12 : 0) : shown;
}

void set_hour(u32& time, u32 hour, bool twelve_hours) {
    time &= ~pm;
    if (!twelve_hours)
        return hours.set(time, hour);
    hours.set(time, hour % 12 == 0 ? 12 : hour % 12);
    time |= hour >= 12 ? pm : 0;
}

u32 days_in(u32 month, u32 year) {
    static constexpr u8 lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 31;
    return lengths[month - 1] + (month == 2 && year % 4 == 0 ? 1u : 0u);
}

} // namespace

void RtcCalendar::add_day() {
    const u32 weekday = date >> 13 & 7;
    date = (date & ~(7u << 13)) | (weekday >= 7 ? 1 : weekday + 1) << 13;
    if (days.get(date) < days_in(months.get(date), years.get(date)))
        return days.set(date, days.get(date) + 1);
    days.set(date, 1);
    if (months.get(date) < 12)
        return months.set(date, months.get(date) + 1);
    months.set(date, 1);
    years.set(date, (years.get(date) + 1) % 100);
}

void RtcCalendar::add_second(bool twelve_hours) {
    if (seconds.get(time) < 59)
        return seconds.set(time, seconds.get(time) + 1);
    seconds.set(time, 0);
    if (minutes.get(time) < 59)
        return minutes.set(time, minutes.get(time) + 1);
    minutes.set(time, 0);
    const u32 hour = hour_of(time, twelve_hours);
    set_hour(time, (hour + 1) % 24, twelve_hours);
    if (hour == 23)
        add_day();
}

void RtcCalendar::add_hour(bool twelve_hours) {
    set_hour(time, (hour_of(time, twelve_hours) + 1) % 24, twelve_hours);
}

void RtcCalendar::subtract_hour(bool twelve_hours) {
    set_hour(time, (hour_of(time, twelve_hours) + 23) % 24, twelve_hours);
}

} // namespace tinysim
