#pragma once

#include "../cpu/core.hpp"

namespace tinysim {

/// Data Watchpoint and Trace unit (DDI0403 C1.8): its cycle counter. The use of its comparators and
/// other counters is reported.
class Dwt final : public Peripheral {
public:
    Dwt(std::string name, Surroundings& around, Core& core)
        : Peripheral(std::move(name), around), core_(core) {}
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    bool is_volatile(u32 offset) const override { return offset == 0x04; }
    u32 size() const override { return 0x1000; }
    /// Counts up to now.
    void settle() {
        count_ = count();
        since_ = around.now();
    }
    /// The time since then does not count.
    void restart() { since_ = around.now(); }

protected:
    void fields(State& state) override;

private:
    bool is_on() const { return bit<24>(core_.exceptions.demcr); }
    bool counting() const { return (control_ & 1) != 0 && is_on(); }
    u32 count() const;
    void report_unmodelled(u32 offset, u32 value);

    Core& core_;
    u32 control_ = 0;
    u32 count_ = 0; ///< at `since_`, or for good while it does not count
    Cycles since_ = 0;
    std::array<u32, 16> comparators_{};
};

/// The rest of the private peripheral bus: trace and debug units that nobody listens to.
/// Registers keep what is written, identification registers excepted.
class DebugUnits final : public Peripheral {
public:
    DebugUnits(std::string name, Surroundings& around, u32 base, u32 size)
        : Peripheral(std::move(name), around), base_(base), size_(size) {}
    u32 read(u32 offset) override;
    void write(u32, u32) override {}
    u32 size() const override { return size_; }

protected:
    void fields(State&) override {}

private:
    u32 base_;
    u32 size_;
};

} // namespace tinysim
