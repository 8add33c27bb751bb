#include "../register_block.hpp"
#include "../registry.hpp"

#include <array>

namespace tinysim {
namespace {

using enum Bits;

constexpr unsigned channel_count = 14;
constexpr unsigned generator_count = 4;
enum Offset : u32 { csr = 0x80, cfr = 0x84, generators = 0x100, rgsr = 0x140, rgcfr = 0x144 };

constexpr u32 cr_soie = 1u << 8;
constexpr u32 cr_ege = 1u << 9;
constexpr u32 cr_se = 1u << 16;
constexpr u32 rg_oie = 1u << 8;
constexpr u32 rg_ge = 1u << 16;

/// Where inputs begin: requests by their numbers, the DMA channels' acknowledgements, and the
/// events that synchronise and trigger (RM0432 tables 51 and 52).
enum Input : int { acknowledge = 256, event = 272 };
constexpr unsigned first_own_event = 16; ///< of channels 0 to 3
/// Outputs: requests to the DMA channels, then the overrun interrupt.
constexpr int overrun = 14;

RegisterMap registers() {
    std::vector<Register> all;
    static constexpr const char* channels[channel_count] = {
        "C0CR", "C1CR", "C2CR", "C3CR",  "C4CR",  "C5CR",  "C6CR",
        "C7CR", "C8CR", "C9CR", "C10CR", "C11CR", "C12CR", "C13CR"};
    for (u32 i = 0; i < channel_count; ++i)
        all.push_back({4 * i,
                       channels[i],
                       0,
                       {{"DMAREQ_ID", 6, 0},
                        {"SOIE", 8},
                        {"EGE", 9},
                        {"SE", 16},
                        {"SPOL", 18, 17},
                        {"NBREQ", 23, 19},
                        {"SYNC_ID", 28, 24}}});
    all.emplace_back(0x80, "CSR", 0u, status, channel_count);
    all.emplace_back(0x84, "CFR", 0u, order, channel_count);
    static constexpr const char* names[] = {"RG0CR", "RG1CR", "RG2CR", "RG3CR"};
    for (u32 i = 0; i < generator_count; ++i)
        all.push_back(
            {generators + 4 * i,
             names[i],
             0,
             {{"SIG_ID", 4, 0}, {"OIE", 8}, {"GE", 16}, {"GPOL", 18, 17}, {"GNBREQ", 23, 19}}});
    all.emplace_back(0x140, "RGSR", 0u, status, generator_count);
    all.emplace_back(0x144, "RGCFR", 0u, order, generator_count);
    return RegisterMap(std::move(all));
}

/// DMA request multiplexer (RM0432 section 12): which request reaches which DMA channel,
/// synchronisation of requests by events, and requests that are made from events.
class Dmamux final : public RegisterBlock {
public:
    explicit Dmamux(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}

    void input(int line, bool level) override {
        if (line >= event)
            return on_event(static_cast<unsigned>(line - event), level);
        if (line >= acknowledge) {
            if (level)
                served(static_cast<unsigned>(line - acknowledge));
            return;
        }
        Lines& word = levels_;
        const u32 mask = 1u << (line & 31);
        u32& levels = word[static_cast<unsigned>(line) / 32];
        const bool rises = level && (levels & mask) == 0;
        levels = level ? levels | mask : levels & ~mask;
        if ((chosen_[static_cast<unsigned>(line) / 32] & mask) == 0)
            return;
        for (unsigned i = 0; i < channel_count; ++i)
            if (source(i) == static_cast<unsigned>(line)) {
                latched_[i] = latched_[i] || rises;
                drive_channel(i);
            }
    }

protected:
    void written(u32 offset, u32 value) override {
        if (offset < csr) {
            const unsigned channel = offset / 4;
            latched_[channel] = false;
            credits_[channel] = 0;
            passed_[channel] = 0;
            note_sources();
            drive_channel(channel);
        } else if (offset == cfr) {
            at(csr) &= ~value;
        } else if (offset == rgcfr) {
            at(rgsr) &= ~value;
        } else if (const u32 number = (offset - generators) / 4;
                   number < generator_count && !has(offset, rg_ge)) {
            pending_[number] = 0;
            drive_generated(number);
        }
        refresh_interrupt();
    }
    void after_load() override { note_sources(); }
    void after_reset() override {
        note_sources();
        for (int line = 0; line <= overrun; ++line)
            drive(line, false);
    }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state.outside(levels_);
        state.outside(events_);
        state(latched_);
        state(credits_);
        state(passed_);
        state(pending_);
    }

private:
    using Lines = std::array<u32, 4>;

    unsigned source(unsigned channel) const { return at(4 * channel) & 0x7F; }
    void note_sources() {
        chosen_ = {};
        for (unsigned i = 0; i < channel_count; ++i)
            chosen_[source(i) / 32] |= 1u << (source(i) & 31);
    }
    bool is_high(unsigned line) const {
        const bool generated = line >= 1 && line <= generator_count && pending_[line - 1] != 0;
        return generated || (levels_[line / 32] >> (line & 31) & 1) != 0;
    }
    void drive_channel(unsigned channel) {
        const bool asked = source(channel) != 0 && (latched_[channel] || is_high(source(channel)));
        const bool passes = !has(4 * channel, cr_se) || credits_[channel] != 0;
        drive(static_cast<int>(channel), asked && passes);
    }
    void drive_generated(unsigned generator) {
        for (unsigned i = 0; i < channel_count; ++i)
            if (source(i) == generator + 1)
                drive_channel(i);
    }
    void served(unsigned channel) {
        latched_[channel] = false;
        if (const unsigned line = source(channel);
            line >= 1 && line <= generator_count && pending_[line - 1] != 0)
            --pending_[line - 1];
        const u32 batch = (at(4 * channel) >> 19 & 31) + 1;
        bool ends = false;
        if (has(4 * channel, cr_se)) {
            if (credits_[channel] != 0)
                ends = --credits_[channel] == 0;
        } else {
            ends = ++passed_[channel] >= batch;
            passed_[channel] = ends ? 0 : passed_[channel];
        }
        drive_channel(channel);
        if (ends && has(4 * channel, cr_ege) && channel < 4) {
            on_event(first_own_event + channel, true);
            on_event(first_own_event + channel, false);
        }
    }
    void on_event(unsigned number, bool level) {
        const u32 mask = 1u << number;
        if (((events_ & mask) != 0) == level)
            return;
        events_ ^= mask;
        const u32 edge = level ? 1 : 2; // of SPOL and GPOL
        for (unsigned i = 0; i < channel_count; ++i) {
            const u32 control = at(4 * i);
            if ((control & cr_se) == 0 || (control >> 24 & 31) != number ||
                (control >> 17 & edge) == 0)
                continue;
            if (credits_[i] != 0)
                at(csr) |= 1u << i;
            credits_[i] = (control >> 19 & 31) + 1;
            drive_channel(i);
        }
        for (unsigned i = 0; i < generator_count; ++i) {
            const u32 control = at(generators + 4 * i);
            if ((control & rg_ge) == 0 || (control & 31) != number || (control >> 17 & edge) == 0)
                continue;
            if (pending_[i] != 0)
                at(rgsr) |= 1u << i;
            pending_[i] = (control >> 19 & 31) + 1;
            drive_generated(i);
        }
        refresh_interrupt();
    }
    void refresh_interrupt() {
        bool wanted = false;
        for (unsigned i = 0; i < channel_count; ++i)
            wanted = wanted || ((at(csr) >> i & 1) != 0 && has(4 * i, cr_soie));
        for (unsigned i = 0; i < generator_count; ++i)
            wanted = wanted || ((at(rgsr) >> i & 1) != 0 && has(generators + 4 * i, rg_oie));
        drive(overrun, wanted);
    }

    Lines levels_{};
    Lines chosen_{}; ///< those that are a channel's source
    u32 events_ = 0;
    std::array<bool, channel_count> latched_{};
    std::array<u32, channel_count> credits_{}; ///< requests that may still pass after an event
    std::array<u32, channel_count> passed_{};  ///< of a batch, without synchronisation
    std::array<u32, generator_count> pending_{};
};

const Registered model{"DMA.STM32L4_DMAMUX", make<Dmamux>};

} // namespace
} // namespace tinysim
