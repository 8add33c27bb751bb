#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"
#include "rtc_calendar.hpp"
#include "rtc_calibration.hpp"

namespace tinysim {

/// Real-time clock with backup registers (RM0432 sections 46 and 47): calendar, two alarms, wake-up
/// timer, time stamp, tamper detection and smooth calibration. All of it belongs to the backup
/// domain.
///
/// Inputs 1 to 3 are the tamper pins, input 0 the time stamp's. Outputs: alarm, tamper and time
/// stamp, wake-up timer (to EXTI), and the internal wake-up line (to PWR).
class Rtc final : public RegisterBlock {
public:
    explicit Rtc(const Site& site);

    bool is_volatile(u32 offset) const override;
    void on_due() override;
    void input(int line, bool level) override;
    void before_clock_change() override { settle(); }
    void after_clock_change() override;

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    bool is_kept(u32) const override { return true; }
    void fields(State& state) override;
    void after_reset() override;
    void after_load() override { refresh_outputs(); }

private:
    enum Alarm { alarm_a, alarm_b };

    RtcCalibration calibration() const;
    u64 second() const; ///< in clocks
    u32 sync_prescaler() const;
    u32 subsecond() const;
    bool is_initialising() const;
    void settle();
    void advance(u64 clocks);
    u64 to_alarm(Alarm alarm) const;
    bool alarm_matches(Alarm alarm) const;
    bool date_matches(Alarm alarm) const;
    u64 wakeup_period() const;
    void replan();
    void refresh_outputs();
    void take_time_stamp();
    void tamper(unsigned pin);

    const Clocks& clocks_;
    RtcCalendar calendar_;
    u64 clocks_in_second_ = 0;
    u64 wakeup_left_ = 0; ///< clocks; 0 while the wake-up timer is off
    Cycles since_ = 0;
    u64 calibration_place_ = 0; ///< in the cycle of smooth calibration
    u64 residue_ = 0;           ///< of a clock, in cycles of HCLK times the clock's rate
    u32 rate_ = 0;              ///< of its clock in Hz, at `since_`
    u32 hclk_ = 1;
    u32 key_ = 0; ///< of WPR's two keys, how many were right
    u32 levels_ = 0;
};

} // namespace tinysim
