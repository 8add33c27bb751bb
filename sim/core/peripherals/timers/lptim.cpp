#include "../register_block.hpp"
#include "../registry.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    isr = 0x00,
    icr = 0x04,
    ier = 0x08,
    cfgr = 0x0C,
    cr = 0x10,
    cmp = 0x14,
    arr = 0x18,
    cnt = 0x1C,
};

constexpr u32 isr_cmpm = 1u << 0;
constexpr u32 isr_arrm = 1u << 1;
constexpr u32 isr_exttrig = 1u << 2;
constexpr u32 isr_cmpok = 1u << 3;
constexpr u32 isr_arrok = 1u << 4;
constexpr u32 isr_up = 1u << 5;
constexpr u32 isr_down = 1u << 6;
constexpr u32 cfgr_ckpol = 3u << 1;
constexpr u32 cfgr_timout = 1u << 19;
constexpr u32 cfgr_wave = 1u << 20;
constexpr u32 cfgr_wavpol = 1u << 21;
constexpr u32 cfgr_countmode = 1u << 23;
constexpr u32 cfgr_enc = 1u << 24;
constexpr u32 cr_enable = 1u << 0;
constexpr u32 cr_sngstrt = 1u << 1;
constexpr u32 cr_cntstrt = 1u << 2;
constexpr u32 cr_countrst = 1u << 3;

RegisterMap registers() {
    return {
        {0x00, "ISR", 0, status},
        {0x04, "ICR", 0, order},
        {0x08,
         "IER",
         0,
         {{"CMPMIE", 0},
          {"ARRMIE", 1},
          {"EXTTRIGIE", 2},
          {"CMPOKIE", 3},
          {"ARROKIE", 4},
          {"UPIE", 5},
          {"DOWNIE", 6}}},
        {0x0C,
         "CFGR",
         0,
         {{"CKSEL", 0},
          {"CKPOL", 2, 1},
          {"CKFLT", 4, 3, stored},
          {"TRGFLT", 7, 6, stored},
          {"PRESC", 11, 9},
          {"TRIGSEL", 15, 13},
          {"TRIGEN", 18, 17},
          {"TIMOUT", 19},
          {"WAVE", 20},
          {"WAVPOL", 21},
          {"PRELOAD", 22, stored},
          {"COUNTMODE", 23},
          {"ENC", 24}}},
        {0x10,
         "CR",
         0,
         {{"ENABLE", 0},
          {"SNGSTRT", 1, order},
          {"CNTSTRT", 2, order},
          {"COUNTRST", 3},
          {"RSTARE", 4, stored}}},
        {0x14, "CMP", 0, modelled, 16},
        {0x18, "ARR", 1, modelled, 16},
        {0x1C, "CNT", 0, status, 16},
        {0x20, "OR", 0, stored},
        {0x24, "CFGR2", 0, stored},
    };
}

/// Low-power timer (RM0432 section 44). It goes on in Stop mode where its clock does. Output 0 is
/// its interrupt, output 1 its waveform, output 2 its EXTI line; inputs 0 and 1 are its pins IN1
/// and IN2, inputs 8 to 15 triggers by TRIGSEL.
class Lptim final : public RegisterBlock {
public:
    explicit Lptim(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}

    bool is_volatile(u32 offset) const override { return offset == cnt; }
    void before_clock_change() override { settle(); }
    void after_clock_change() override {
        rate_ = clocks_.lptim_clock(name);
        hclk_ = around.hclk();
        since_ = around.now();
        replan();
    }
    void on_due() override {
        settle();
        replan();
    }
    void input(int line, bool level) override {
        if (line < 2) {
            const bool before = std::exchange(pins_[static_cast<std::size_t>(line)], level);
            if (running_ && before != level && is_active(level)) {
                if (has(cfgr, cfgr_enc))
                    step(line == 0);
                else if (external() && line == 0)
                    advance(1);
            }
        } else if (static_cast<u32>(line - 8) == bits<15, 13>(at(cfgr)) &&
                   (at(cfgr) >> 17 & (level ? 1 : 2)) != 0) {
            settle();
            triggered();
        }
        refresh();
        replan();
    }

protected:
    u32 reading(u32 offset) override {
        settle();
        return offset == cnt ? count_ : at(offset);
    }
    bool writing(u32 offset, u32&) override {
        settle();
        const bool on = has(cr, cr_enable);
        // The configuration is written while it is off, CMP and ARR while it is on.
        return offset == cfgr || offset == ier ? !on : (offset != cmp && offset != arr) || on;
    }
    void written(u32 offset, u32 value) override {
        switch (offset) {
        case icr:
            at(isr) &= ~value;
            break;
        case cmp:
            at(isr) |= isr_cmpok;
            break;
        case arr:
            at(isr) |= isr_arrok;
            break;
        case cr:
            if (!has(cr, cr_enable)) {
                running_ = waits_ = falls_ = false;
                count_ = 0;
            } else if ((value & (cr_sngstrt | cr_cntstrt)) != 0) {
                once_ = (value & cr_cntstrt) == 0;
                if (bits<18, 17>(at(cfgr)) != 0)
                    waits_ = true;
                else
                    start();
            }
            if ((value & cr_countrst) != 0) {
                count_ = 0;
                at(cr) &= ~cr_countrst;
            }
            break;
        default:
            break;
        }
        refresh();
        replan();
    }
    void after_reset() override {
        after_clock_change();
        refresh();
    }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(running_);
        state(waits_);
        state(once_);
        state(falls_);
        state(count_);
        state.outside(pins_);
        state(residue_);
        state(since_, around.now());
        state(rate_);
        state(hclk_, 1);
    }

private:
    bool external() const {
        return bit<0>(at(cfgr)) || has(cfgr, cfgr_countmode) || has(cfgr, cfgr_enc);
    }
    /// CKPOL: rising edges, falling ones, or both.
    bool is_active(bool level) const {
        const u32 edges = at(cfgr) & cfgr_ckpol;
        return edges == 2u << 1 || level == (edges == 0);
    }
    void triggered() {
        if (waits_) {
            at(isr) |= isr_exttrig;
            start();
        } else if (running_ && has(cfgr, cfgr_timout)) { // the time begins anew
            at(isr) |= isr_exttrig;
            count_ = 0;
            residue_ = 0;
        }
    }
    /// Encoder mode (RM0432 44.4.14): an edge leads away from the other input's level, or to it.
    void step(bool first) {
        const bool up = first ? pins_[0] != pins_[1] : pins_[0] == pins_[1];
        if (falls_ == up)
            at(isr) |= up ? isr_up : isr_down;
        falls_ = !up;
        if (up)
            return advance(1);
        count_ = count_ == 0 ? at(arr) : count_ - 1;
        note_matches();
    }
    void start() {
        if (!running_) {
            since_ = around.now();
            residue_ = 0;
            count_ = 0;
        }
        running_ = true;
        waits_ = once_ && waits_;
    }
    bool counting() const { return running_ && !external() && rate_ != 0; }
    u64 divided_hclk() const { return u64{hclk_} << bits<11, 9>(at(cfgr)); }

    void settle() {
        const Cycles now = around.now();
        if (!counting()) {
            since_ = now;
            return;
        }
        const auto passed = static_cast<unsigned __int128>(now - since_) * rate_ + residue_;
        residue_ = static_cast<u64>(passed % divided_hclk());
        since_ = now;
        advance(static_cast<u64>(passed / divided_hclk()));
        refresh();
    }
    /// Counts, with the flags of all that is met on the way.
    void advance(u64 ticks) {
        const u64 period = u64{at(arr)} + 1;
        while (ticks != 0 && running_) {
            const u64 step = std::min(ticks, to_next());
            ticks -= step;
            count_ = static_cast<u32>((count_ + step) % period);
            note_matches();
            if (count_ == 0 && once_)
                running_ = false;
        }
    }
    u64 to_next() const {
        const auto to = [this](u32 value) {
            const u64 period = u64{at(arr)} + 1;
            const u64 ticks = (value + period - count_ % period) % period;
            return ticks == 0 ? period : ticks;
        };
        return std::min({to(0), to(at(arr)), at(cmp) <= at(arr) ? to(at(cmp)) : never});
    }
    void note_matches() {
        at(isr) |= (count_ == at(cmp) ? isr_cmpm : 0) | (count_ == at(arr) ? isr_arrm : 0);
    }
    void replan() {
        if (!counting())
            return schedule(never);
        const auto needed = static_cast<unsigned __int128>(to_next()) * divided_hclk() - residue_;
        schedule(since_ + std::max<Cycles>(static_cast<Cycles>((needed + rate_ - 1) / rate_), 1));
    }
    void refresh() {
        const bool wanted = (at(isr) & at(ier)) != 0;
        drive(0, wanted);
        drive(2, wanted);
        // PWM: high from the compare match to the end of the period; one change in set-once mode.
        const bool high = running_ && count_ > at(cmp);
        drive(1, (high || (has(cfgr, cfgr_wave) && has(isr, isr_cmpm) && once_)) !=
                     has(cfgr, cfgr_wavpol));
    }

    const Clocks& clocks_;
    bool running_ = false;
    bool waits_ = false; ///< for a trigger
    bool once_ = false;
    bool falls_ = false;         ///< the encoder's direction
    std::array<bool, 2> pins_{}; ///< IN1 and IN2
    u32 count_ = 0;
    u64 residue_ = 0;
    Cycles since_ = 0;
    u32 rate_ = 0; ///< Hz
    u32 hclk_ = 1;
};

const Registered model{"Timers.STM32L4_LPTIM", make<Lptim>};

} // namespace
} // namespace tinysim
