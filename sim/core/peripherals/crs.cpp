#include "register_block.hpp"
#include "registry.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 { cr = 0x00, cfgr = 0x04, isr = 0x08, icr = 0x0C };

constexpr u32 cr_cen = 1u << 5;
constexpr u32 cr_autotrimen = 1u << 6;
constexpr u32 cr_swsync = 1u << 7;
constexpr u32 cr_trim = 0x3Fu << 8;
constexpr u32 syncok = 1u << 0; ///< of ISR, ICR and CR's enables
constexpr u32 syncwarn = 1u << 1;
constexpr u32 error = 1u << 2;
constexpr u32 esync = 1u << 3;
constexpr u32 isr_syncerr = 1u << 8;
constexpr u32 isr_syncmiss = 1u << 9;
constexpr u32 isr_trimovf = 1u << 10;
constexpr u32 isr_fedir = 1u << 15;

constexpr u64 ps_a_second = 1'000'000'000'000;
constexpr i64 hsi48 = 48'000'000;
constexpr i64 trim_step = 67'200; ///< Hz: 0.14 % (DS12023, HSI48 oscillator)
constexpr i64 middle_trim = 32;

RegisterMap registers() {
    return {
        {0x00,
         "CR",
         0x2000,
         {{"SYNCOKIE", 0},
          {"SYNCWARNIE", 1},
          {"ERRIE", 2},
          {"ESYNCIE", 3},
          {"CEN", 5},
          {"AUTOTRIMEN", 6},
          {"SWSYNC", 7, order},
          {"TRIM", 13, 8}}},
        {0x04,
         "CFGR",
         0x2022BB7F,
         {{"RELOAD", 15, 0},
          {"FELIM", 23, 16},
          {"SYNCDIV", 26, 24},
          {"SYNCSRC", 29, 28},
          {"SYNCPOL", 31}}},
        {0x08, "ISR", 0, status},
        {0x0C, "ICR", 0, order},
    };
}

/// Clock recovery system (RM0432 section 7): measures HSI48 between synchronisation events and
/// trims it. HSI48 is right at the middle of TRIM; what runs by it does not see the trimming.
/// Events come from LSE, from software and from input 0, which is CRS_SYNC; there is no USB to send
/// frames.
class Crs final : public RegisterBlock {
public:
    explicit Crs(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}

    void input(int, bool level) override {
        if (bits<29, 28>(at(cfgr)) == 0 && level != has(cfgr, 1u << 31))
            divided_sync();
    }
    void on_due() override {
        const u64 now = around.time_ps();
        if (lse_ps_ <= now) {
            lse_ps_ += lse_period();
            ++lse_ticks_;
            divided_sync();
        }
        look();
        replan();
    }
    void after_clock_change() override { replan(); }

protected:
    bool writing(u32 offset, u32& value) override {
        look();
        if (offset == cfgr) // protected while the counter runs
            return !has(cr, cr_cen);
        if (offset == cr && has(cr, cr_autotrimen))
            value = (value & ~cr_trim) | (at(cr) & cr_trim);
        return true;
    }
    void written(u32 offset, u32 value) override {
        if (offset == icr) {
            at(isr) &= ~(value & 0xF);
            if ((value & error) != 0)
                at(isr) &= ~(isr_syncerr | isr_syncmiss | isr_trimovf);
        }
        if (offset == cr) {
            if (!has(cr, cr_cen)) {
                counting_ = false;
                lse_ps_ = never;
            } else if (lse_ps_ == never && lse_period() != 0) {
                lse_ps_ = around.time_ps() + lse_period();
            }
            if ((value & cr_swsync) != 0)
                sync();
        }
        replan();
    }
    void after_reset() override { replan(); }
    void after_load() override { replan(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(counting_);
        state(expected_);
        state(missed_);
        state(since_ps_);
        state(lse_ps_, never);
        state(lse_ticks_);
        state(pulses_);
    }

private:
    u64 reload() const { return at(cfgr) & 0xFFFF; }
    u64 limit() const { return at(cfgr) >> 16 & 0xFF; }
    u64 rate() const {
        return static_cast<u64>(hsi48 + (i64{at(cr) >> 8 & 0x3F} - middle_trim) * trim_step);
    }
    /// To the next edge of LSE, where that synchronises; 0 where it does not.
    u64 lse_period() const {
        const u32 lse = bits<29, 28>(at(cfgr)) == 1 ? clocks_.lse_clock() : 0;
        return lse == 0 ? 0 : ps_a_second * (lse_ticks_ + 1) / lse - ps_a_second * lse_ticks_ / lse;
    }
    u64 ticks() const {
        const auto passed = static_cast<unsigned __int128>(around.time_ps() - since_ps_);
        return static_cast<u64>(passed * rate() / ps_a_second);
    }
    u64 moment_of(u64 count) const {
        return since_ps_ +
               static_cast<u64>((static_cast<unsigned __int128>(count) * ps_a_second + rate() - 1) /
                                rate());
    }
    /// The counter has come to 0, or as far up as it goes.
    void look() {
        if (!counting_)
            return;
        const u64 count = ticks();
        if (!expected_ && count >= reload()) {
            expected_ = true;
            at(isr) |= esync;
        }
        if (!missed_ && count >= reload() + 128 * limit()) {
            missed_ = true;
            at(isr) |= error | isr_syncmiss;
        }
        update();
    }
    void divided_sync() {
        pulses_ = (pulses_ + 1) & ((1u << bits<26, 24>(at(cfgr))) - 1);
        if (pulses_ == 0)
            sync();
    }
    void sync() {
        look();
        if (!has(cr, cr_cen) || !clocks_.hsi48_runs())
            return;
        if (counting_ && !missed_)
            evaluate(ticks());
        counting_ = true;
        expected_ = missed_ = false;
        since_ps_ = around.time_ps();
        update();
        replan();
    }
    /// RM0432 7.4.4: the frequency error, and how far it trims.
    void evaluate(u64 count) {
        const bool slow = count < reload();
        const u64 off = slow ? reload() - count : count - reload();
        at(isr) = (at(isr) & 0xFFFF & ~isr_fedir) | (slow ? isr_fedir : 0) |
                  static_cast<u32>(std::min<u64>(off, 0xFFFF)) << 16;
        if (off >= 128 * limit()) {
            at(isr) |= error | isr_syncerr;
            return;
        }
        at(isr) |= off < 3 * limit() ? syncok : syncwarn;
        if (off >= limit() && has(cr, cr_autotrimen))
            trim((off < 3 * limit() ? 1 : 2) * (slow ? 1 : -1));
    }
    void trim(i64 steps) {
        const i64 wanted = i64{at(cr) >> 8 & 0x3F} + steps;
        if (wanted < 0 || wanted > 0x3F)
            at(isr) |= error | isr_trimovf;
        const auto kept = static_cast<u32>(std::clamp<i64>(wanted, 0, 0x3F));
        at(cr) = (at(cr) & ~cr_trim) | kept << 8;
    }
    void update() { drive(0, (at(isr) & at(cr) & (syncok | syncwarn | error | esync)) != 0); }
    void replan() {
        update();
        u64 next = lse_ps_;
        if (counting_ && !expected_)
            next = std::min(next, moment_of(reload()));
        if (counting_ && !missed_)
            next = std::min(next, moment_of(reload() + 128 * limit()));
        schedule(next == never ? never : std::max(around.cycle_at(next), around.now() + 1));
    }

    const Clocks& clocks_;
    bool counting_ = false;
    bool expected_ = false; ///< it has come to 0
    bool missed_ = false;   ///< it has stopped
    u64 since_ps_ = 0;      ///< the synchronisation that it counts from
    u64 lse_ps_ = never;
    u64 lse_ticks_ = 0;
    u32 pulses_ = 0; ///< of SYNCDIV
};

const Registered model{"Miscellaneous.STM32_CRS", make<Crs>};

} // namespace
} // namespace tinysim
