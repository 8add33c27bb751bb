#pragma once

#include "../cpu/core.hpp"

namespace tinysim {

/// Data Watchpoint and Trace unit (DDI0403 C1.8): its cycle counter, the counters of sleep and of
/// exception overhead, program counter samples, and four comparators for debug events. What has no
/// model is reported: the counters that would need each instruction's stalls told apart, and
/// comparators that trace.
class Dwt final : public Peripheral {
public:
    Dwt(std::string name, Surroundings& around, Core& core);
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    bool is_volatile(u32 offset) const override { return offset >= 0x04 && offset < 0x20; }
    void on_due() override;
    u32 size() const override { return 0x1000; }
    /// Counts up to now.
    void settle();
    /// The time since then does not count.
    void restart() { since_ = around.now(); }
    /// Tells the core what the comparators watch.
    void arm();

protected:
    void fields(State& state) override;
    void after_reset() override;
    void after_load() override;

private:
    static constexpr unsigned comparator_count = 4;

    struct Comparator {
        u32 value = 0;
        u32 mask = 0; ///< how many low bits of an address do not count
        u32 function = 0;
    };

    bool is_on() const { return bit<24>(core_.exceptions.demcr); }
    bool counting() const { return (control_ & 1) != 0 && is_on(); }
    u32 count() const;
    void write_comparator(u32 offset, u32 value);
    void report_unmodelled(u32 offset, u32 value);
    void arm_comparator(unsigned number);
    void add_watch(unsigned number, u32 function, unsigned owner);
    bool match(unsigned number);
    bool match_data(unsigned number, const DataAccess& access);
    bool matches_cycles() const;
    void expect_cycles();

    Core& core_;
    u32 control_ = 0;
    u32 count_ = 0; ///< at `since_`, or for good while it does not count
    Cycles since_ = 0;
    /// EXCCNT and SLEEPCNT: what they have of the core's totals, and from where they go on.
    struct Overhead {
        u32 count = 0;
        u32 padding = 0;
        Cycles since = 0;
    };
    Overhead exception_, sleep_;
    std::array<Comparator, comparator_count> comparators_{};
    bool armed_ = false; ///< the core knows of something
};

} // namespace tinysim
