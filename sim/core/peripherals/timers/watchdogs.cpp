#include "../register_block.hpp"
#include "../registry.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using enum Bits;

/// Independent watchdog (RM0432 section 48): counts LSI whatever the rest of the chip does.
class Iwdg final : public RegisterBlock {
public:
    explicit Iwdg(const Site& site)
        : RegisterBlock(site.name, site.around,
                        {{0x00, "KR", 0, order, 16},
                         {0x04, "PR", 0, modelled, 3},
                         {0x08, "RLR", 0xFFF, modelled, 12},
                         {0x0C, "SR", 0, status, 3},
                         {0x10, "WINR", 0xFFF, modelled, 12}}) {}

    void before_clock_change() override { settle(); }
    void after_clock_change() override {
        hclk_ = around.hclk();
        replan();
    }
    void on_due() override {
        schedule(never);
        running_ = false;
        around.request_reset(ResetCause::iwdg);
    }

protected:
    bool writing(u32 offset, u32&) override { return offset == kr || unlocked_; }
    void written(u32 offset, u32 value) override {
        settle();
        if (offset == kr) {
            unlocked_ = value == 0x5555;
            if (value == 0xCCCC)
                running_ = true;
            if (value == 0xCCCC || value == 0xAAAA)
                reload();
        } else if (offset == winr) {
            reload();
        }
        replan();
    }
    void after_reset() override {
        hclk_ = around.hclk();
        since_ = around.now();
    }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(running_);
        state(unlocked_);
        state(left_, 0xFFF);
        state(residue_);
        state(since_, around.now());
        state(hclk_, 1);
    }

private:
    enum Offset : u32 { kr = 0x00, pr = 0x04, rlr = 0x08, winr = 0x10 };
    static constexpr u32 lsi = 32'000;

    /// HCLK cycles times the rate of LSI that a count takes.
    u64 count_length() const { return u64{4u << std::min(at(pr), 6u)} * hclk_; }
    void settle() {
        const Cycles now = around.now();
        if (running_) {
            const u64 passed = (now - since_) * lsi + residue_;
            left_ -= std::min<u64>(left_, passed / count_length());
            residue_ = passed % count_length();
        }
        since_ = now;
    }
    /// Before the window a reload is a reset too.
    void reload() {
        if (running_ && at(winr) < 0xFFF && left_ > at(winr))
            around.request_reset(ResetCause::iwdg);
        left_ = at(rlr);
        residue_ = 0;
    }
    void replan() {
        schedule(running_ ? since_ + ((left_ + 1) * count_length() - residue_) / lsi : never);
    }

    bool running_ = false;
    bool unlocked_ = false;
    u64 left_ = 0xFFF; ///< counts, at `since_`
    u64 residue_ = 0;
    Cycles since_ = 0;
    u32 hclk_ = 1;
};

/// Window watchdog (RM0432 section 49): counts PCLK / 4096.
class Wwdg final : public RegisterBlock {
public:
    explicit Wwdg(const Site& site)
        : RegisterBlock(
              site.name, site.around,
              {{0x00, "CR", 0x7F, {{"T", 6, 0}, {"WDGA", 7}}},
               {0x04, "CFR", 0x7F, {{"W", 6, 0}, {"WDGTB", 8, 7}, {"EWI", 9}, {"WDGTB_2", 11}}},
               {0x08, "SR", 0, {{"EWIF", 0, clear_by_0}}}}),
          clocks_(site.clocks) {}

    void on_due() override {
        settle();
        replan();
    }
    void before_clock_change() override { settle(); }
    void after_clock_change() override {
        since_ = around.now();
        replan();
    }

protected:
    u32 reading(u32 offset) override {
        settle();
        return at(offset);
    }
    bool writing(u32 offset, u32& value) override {
        settle();
        if (offset == cr) {
            const bool too_early = has(cr, wdga) && (at(cr) & 0x7F) > (at(cfr) & 0x7F);
            value |= at(cr) & wdga; // once on, it stays on
            if ((value & wdga) != 0 && (too_early || (value & 0x40) == 0))
                around.request_reset(ResetCause::wwdg);
        }
        if (offset == cfr)
            value |= at(cfr) & ewi;
        return true;
    }
    void written(u32 offset, u32) override {
        if (offset == cr)
            since_ = around.now();
        refresh();
        replan();
    }
    void after_reset() override { refresh(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(since_, around.now());
    }

private:
    enum Offset : u32 { cr = 0x00, cfr = 0x04, sr = 0x08 };
    static constexpr u32 wdga = 1u << 7;
    static constexpr u32 ewi = 1u << 9;

    Cycles step() const {
        const u32 base = bits<8, 7>(at(cfr)) | (bit<11>(at(cfr)) ? 4u : 0u);
        return (Cycles{4096} << base) * clocks_.apb_divider(name);
    }
    bool counting() const { return has(cr, wdga) && !around.is_stopped(); }
    void settle() {
        const Cycles now = around.now();
        if (!counting()) {
            since_ = now;
            return;
        }
        while (since_ + step() <= now) {
            since_ += step();
            at(cr) = (at(cr) & ~0x7Fu) | (((at(cr) & 0x7F) - 1) & 0x7F);
            if ((at(cr) & 0x7F) == 0x40)
                at(sr) |= 1;
            if ((at(cr) & 0x7F) == 0x3F)
                around.request_reset(ResetCause::wwdg);
        }
        refresh();
    }
    void refresh() { drive(0, bit<0>(at(sr)) && has(cfr, ewi)); }
    void replan() { schedule(counting() ? since_ + step() : never); }

    const Clocks& clocks_;
    Cycles since_ = 0;
};

const Registered independent{"Timers.STM32_IndependentWatchdog", make<Iwdg>};
const Registered window{"Timers.STM32L4_WindowWatchdog", make<Wwdg>};

} // namespace
} // namespace tinysim
