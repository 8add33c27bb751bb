#include "../../memory/bus.hpp"
#include "../register_block.hpp"
#include "../registry.hpp"

#include <algorithm>
#include <array>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 { isr = 0x00, ifcr = 0x04, first_channel = 0x08, channel_size = 0x14 };
enum ChannelOffset : u32 { ccr = 0x00, cndtr = 0x04, cpar = 0x08, cmar = 0x0C };

constexpr u32 ccr_en = 1u << 0;
constexpr u32 ccr_dir = 1u << 4;
constexpr u32 ccr_circ = 1u << 5;
constexpr u32 ccr_pinc = 1u << 6;
constexpr u32 ccr_minc = 1u << 7;
constexpr u32 ccr_mem2mem = 1u << 14;
/// In ISR and IFCR, and the enables in CCR, at the same places.
constexpr u32 flag_global = 1u << 0;
constexpr u32 flag_complete = 1u << 1;
constexpr u32 flag_half = 1u << 2;
constexpr u32 flag_error = 1u << 3;

constexpr unsigned most_channels = 7;

/// A transfer of one item: arbitration, a read and a write on AHB. Waits of slower slaves and of
/// the core's own accesses are not added.
constexpr Cycles item_cycles = 5;

RegisterMap registers() {
    std::vector<Register> all = {{0x00, "ISR", 0, status}, {0x04, "IFCR", 0, order}};
    static constexpr const char* names[most_channels][4] = {
        {"CCR1", "CNDTR1", "CPAR1", "CMAR1"}, {"CCR2", "CNDTR2", "CPAR2", "CMAR2"},
        {"CCR3", "CNDTR3", "CPAR3", "CMAR3"}, {"CCR4", "CNDTR4", "CPAR4", "CMAR4"},
        {"CCR5", "CNDTR5", "CPAR5", "CMAR5"}, {"CCR6", "CNDTR6", "CPAR6", "CMAR6"},
        {"CCR7", "CNDTR7", "CPAR7", "CMAR7"}};
    for (u32 i = 0; i < most_channels; ++i) {
        const u32 at = first_channel + i * channel_size;
        all.push_back({at + ccr,
                       names[i][0],
                       0,
                       {{"EN", 0},
                        {"TCIE", 1},
                        {"HTIE", 2},
                        {"TEIE", 3},
                        {"DIR", 4},
                        {"CIRC", 5},
                        {"PINC", 6},
                        {"MINC", 7},
                        {"PSIZE", 9, 8},
                        {"MSIZE", 11, 10},
                        {"PL", 13, 12},
                        {"MEM2MEM", 14}}});
        all.emplace_back(at + cndtr, names[i][1], 0u, modelled, 16u);
        all.emplace_back(at + cpar, names[i][2]);
        all.emplace_back(at + cmar, names[i][3]);
    }
    return RegisterMap(std::move(all));
}

/// Direct memory access controller (RM0432 section 11): a bus master with seven channels, one item
/// at a time, the highest priority first. Input n is the request of channel n; output n its
/// interrupt and output 20 + n the acknowledgement of its request.
class Dma final : public RegisterBlock {
public:
    explicit Dma(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}

    void input(int line, bool level) override {
        Channel& channel = channels_[static_cast<unsigned>(line - 1)];
        channel.requested = level;
        plan();
    }
    void on_due() override;

protected:
    bool writing(u32 offset, u32&) override {
        if (offset < first_channel)
            return true;
        const u32 base = base_of((offset - first_channel) / channel_size);
        // The addresses and the count are read only while the channel is on.
        return offset == base + ccr || !has(base + ccr, ccr_en);
    }
    void written(u32 offset, u32 value) override;
    void after_reset() override {
        for (int line = 1; line <= static_cast<int>(most_channels); ++line)
            drive(line, false);
    }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        for (Channel& channel : channels_) {
            state(channel.on);
            state.outside(channel.requested);
            state(channel.peripheral);
            state(channel.memory);
            state(channel.reload);
        }
    }

private:
    struct Channel {
        bool on = false;
        bool requested = false;
        u32 peripheral = 0, memory = 0; ///< of the next item
        u32 reload = 0;                 ///< CNDTR as it was when the channel was turned on
    };

    static u32 base_of(u32 channel) { return first_channel + channel * channel_size; }
    bool is_ready(unsigned number) const {
        const Channel& channel = channels_[number];
        const u32 base = base_of(number);
        return channel.on && at(base + cndtr) != 0 &&
               (channel.requested || has(base + ccr, ccr_mem2mem));
    }
    void plan() {
        bool ready = false;
        for (unsigned number = 0; number < most_channels; ++number)
            ready = ready || is_ready(number);
        if (!ready)
            schedule(never);
        else if (due == never)
            schedule(around.now() + item_cycles * batch(next_ready()));
    }
    unsigned next_ready() const;
    /// Items that a channel moves before anybody else has a turn.
    u32 batch(unsigned number) const {
        constexpr u32 longest = 16;
        const u32 base = base_of(number);
        if (!has(base + ccr, ccr_mem2mem))
            return 1;
        const u32 left = at(base + cndtr);
        const u32 half = channels_[number].reload / 2;
        return std::min(left > half ? left - half : left, longest);
    }
    bool transfer(unsigned number);
    void advance(unsigned number);
    void set_flags(unsigned number, u32 flags);
    void refresh_interrupts() {
        for (unsigned number = 0; number < most_channels; ++number) {
            const u32 flags = at(isr) >> 4 * number & 0xE;
            drive(static_cast<int>(number + 1), (flags & at(base_of(number) + ccr)) != 0);
        }
    }

    std::array<Channel, most_channels> channels_;
};

void Dma::set_flags(unsigned number, u32 flags) { at(isr) |= (flags | flag_global) << 4 * number; }

/// Moves one item; false on a bus error.
bool Dma::transfer(unsigned number) {
    const u32 base = base_of(number);
    Channel& channel = channels_[number];
    const bool from_memory = has(base + ccr, ccr_dir);
    const unsigned peripheral_size = 1u << std::min(bits<9, 8>(at(base + ccr)), 2u);
    const unsigned memory_size = 1u << std::min(bits<11, 10>(at(base + ccr)), 2u);
    const u32 source = from_memory ? channel.memory : channel.peripheral;
    const u32 target = from_memory ? channel.peripheral : channel.memory;
    const unsigned source_size = from_memory ? memory_size : peripheral_size;
    const unsigned target_size = from_memory ? peripheral_size : memory_size;
    Bus& bus = around.memory();
    u32 value = 0;
    if (bus.read(source & ~(source_size - 1), source_size, value) != Access::ok)
        return false;
    if (target_size < 4)
        value &= (1u << 8 * target_size) - 1;
    if (bus.write(target & ~(target_size - 1), target_size, value) != Access::ok)
        return false;
    channel.peripheral += has(base + ccr, ccr_pinc) ? peripheral_size : 0;
    channel.memory += has(base + ccr, ccr_minc) ? memory_size : 0;
    return true;
}

void Dma::advance(unsigned number) {
    const u32 base = base_of(number);
    Channel& channel = channels_[number];
    --at(base + cndtr);
    if (at(base + cndtr) == channel.reload / 2)
        set_flags(number, flag_half);
    if (at(base + cndtr) != 0)
        return;
    set_flags(number, flag_complete);
    if (has(base + ccr, ccr_circ) && !has(base + ccr, ccr_mem2mem)) {
        at(base + cndtr) = channel.reload;
        channel.peripheral = at(base + cpar);
        channel.memory = at(base + cmar);
    }
}

/// The channel of the highest priority that has something to do.
unsigned Dma::next_ready() const {
    unsigned chosen = most_channels;
    const auto priority = [this](unsigned number) {
        return bits<13, 12>(at(base_of(number) + ccr));
    };
    for (unsigned number = 0; number < most_channels; ++number)
        if (is_ready(number) && (chosen == most_channels || priority(number) > priority(chosen)))
            chosen = number;
    return chosen;
}

void Dma::on_due() {
    schedule(never);
    const unsigned number = next_ready();
    if (number == most_channels)
        return;
    const u32 base = base_of(number);
    const int acknowledge = 21 + static_cast<int>(number);
    // First: the transfer itself may bring on the next request.
    if (!has(base + ccr, ccr_mem2mem)) {
        drive(acknowledge, true);
        drive(acknowledge, false);
    }
    for (u32 left = batch(number); left != 0; --left) {
        if (!transfer(number)) {
            set_flags(number, flag_error);
            at(base + ccr) &= ~ccr_en;
            channels_[number].on = false;
            break;
        }
        advance(number);
    }
    refresh_interrupts();
    plan();
}

void Dma::written(u32 offset, u32 value) {
    if (offset == ifcr) {
        for (unsigned number = 0; number < most_channels; ++number) {
            const u32 cleared = value >> 4 * number & 0xF;
            at(isr) &= ~((bit<0>(cleared) ? 0xFu : cleared) << 4 * number);
            if ((at(isr) >> 4 * number & 0xE) == 0)
                at(isr) &= ~(flag_global << 4 * number);
        }
    } else if (offset >= first_channel) {
        const u32 number = (offset - first_channel) / channel_size;
        const u32 base = base_of(number);
        Channel& channel = channels_[number];
        const bool on = has(base + ccr, ccr_en);
        if (offset == base + ccr && on && !channel.on) {
            channel.peripheral = at(base + cpar);
            channel.memory = at(base + cmar);
            channel.reload = at(base + cndtr);
        }
        channel.on = on;
    }
    refresh_interrupts();
    plan();
}

const Registered model{"DMA.STM32L4_DMA", make<Dma>};

} // namespace
} // namespace tinysim
