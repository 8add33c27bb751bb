#include "../register_block.hpp"
#include "../registry.hpp"
#include "sai_block.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace tinysim {
namespace {

using enum Bits;

/// Of a block's registers, from the first of each on.
enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    frcr = 0x08,
    slotr = 0x0C,
    im = 0x10,
    sr = 0x14,
    clrfr = 0x18,
    dr = 0x1C,
};

constexpr u32 first_block = 0x04, block_size = 0x20;
constexpr unsigned block_count = 2;

constexpr u32 cr1_saien = 1u << 16;
constexpr u32 cr1_dmaen = 1u << 17;
constexpr u32 cr2_fflush = 1u << 3;
constexpr u32 sr_freq = 1u << 3;

RegisterMap registers() {
    std::vector<Register> all = {
        {0x00, "GCR", 0, {{"SYNCIN", 1, 0, stored}, {"SYNCOUT", 5, 4, stored}}}};
    static constexpr const char* names[block_count][8] = {
        {"ACR1", "ACR2", "AFRCR", "ASLOTR", "AIM", "ASR", "ACLRFR", "ADR"},
        {"BCR1", "BCR2", "BFRCR", "BSLOTR", "BIM", "BSR", "BCLRFR", "BDR"}};
    for (u32 block = 0; block < block_count; ++block) {
        const u32 base = first_block + block * block_size;
        const char* const* const name = names[block];
        all.push_back({base + cr1,
                       name[0],
                       0x40,
                       {{"MODE", 1, 0},
                        {"PRTCFG", 3, 2, unmodelled},
                        {"DS", 7, 5},
                        {"LSBFIRST", 8},
                        {"CKSTR", 9, stored},
                        {"SYNCEN_INTERNAL", 10},
                        {"SYNCEN_EXTERNAL", 11, unmodelled},
                        {"MONO", 12},
                        {"OUTDRIV", 13, stored},
                        {"SAIEN", 16},
                        {"DMAEN", 17},
                        {"NOMCK", 19},
                        {"MCKDIV", 25, 20},
                        {"OSR", 26}}});
        all.push_back({base + cr2,
                       name[1],
                       0,
                       {{"FTH", 2, 0},
                        {"FFLUSH", 3, order},
                        {"TRIS", 4, stored},
                        {"MUTE", 5},
                        {"MUTEVAL", 6},
                        {"MUTECNT", 12, 7},
                        {"CPL", 13, stored},
                        {"COMP", 15, 14, unmodelled}}});
        all.push_back(
            {base + frcr,
             name[2],
             7,
             {{"FRL", 7, 0}, {"FSALL", 14, 8}, {"FSDEF", 16}, {"FSPOL", 17}, {"FSOFF", 18}}});
        all.push_back({base + slotr,
                       name[3],
                       0,
                       {{"FBOFF", 4, 0}, {"SLOTSZ", 7, 6}, {"NBSLOT", 11, 8}, {"SLOTEN", 31, 16}}});
        all.push_back({base + im,
                       name[4],
                       0,
                       {{"OVRUDRIE", 0},
                        {"MUTEDETIE", 1},
                        {"WCKCFGIE", 2},
                        {"FREQIE", 3},
                        {"CNRDYIE", 4, stored},
                        {"AFSDETIE", 5},
                        {"LFSDETIE", 6}}});
        all.emplace_back(base + sr, name[5], 8u, status);
        all.emplace_back(base + clrfr, name[6], 0u, order);
        all.emplace_back(base + dr, name[7], 0u, status);
    }
    all.push_back({0x44,
                   "PDMCR",
                   0,
                   {{"PDMEN", 0, unmodelled}, {"MICNBR", 5, 4, stored}, {"CKEN", 9, 8, stored}}});
    all.emplace_back(0x48, "PDMDLY", 0u, stored, 31u);
    return RegisterMap(std::move(all));
}

/// Serial audio interface (RM0432 section 58): two blocks with the free protocol. Outputs: the
/// interrupt, and the DMA requests of both blocks.
class Sai final : public RegisterBlock, private SaiHost {
public:
    explicit Sai(const Site& site)
        : RegisterBlock(site.name, site.around, registers()),
          clocks_(site.clocks), blocks_{SaiBlock(*this, site.around, 0),
                                        SaiBlock(*this, site.around, 1)} {
        blocks_[0].follow(blocks_[1]);
        blocks_[1].follow(blocks_[0]);
    }

    int output(const std::string& wire) const override {
        return wire == "dma_a" ? 1 : wire == "dma_b" ? 2 : 0;
    }
    bool is_volatile(u32 offset) const override {
        return offset >= first_block && (offset - first_block) % block_size == dr;
    }
    bool attach(Peripheral& device, u32 number) override {
        auto* const line = dynamic_cast<AudioDevice*>(&device);
        if (!line || number >= block_count)
            return false;
        blocks_[number].attach(*line);
        line->changed = [this] { after_clock_change(); };
        return true;
    }
    void after_clock_change() override {
        for (SaiBlock& block : blocks_)
            block.clocks_changed();
        update();
    }
    void on_due() override {
        for (SaiBlock& block : blocks_)
            while (block.next_ps() <= around.time_ps())
                block.act();
        update();
    }

protected:
    u32 reading(u32 offset) override {
        if (offset < first_block || offset >= first_block + block_count * block_size)
            return at(offset);
        const unsigned number = (offset - first_block) / block_size;
        switch ((offset - first_block) % block_size) {
        case sr:
            return status(number);
        case dr:
            if (!receives(number))
                return 0;
            at(offset) = blocks_[number].take();
            update();
            return at(offset);
        default:
            return at(offset);
        }
    }
    void written(u32 offset, u32 value) override {
        if (offset < first_block || offset >= first_block + block_count * block_size)
            return;
        const unsigned number = (offset - first_block) / block_size;
        SaiBlock& block = blocks_[number];
        const u32 base = first_block + number * block_size;
        switch (offset - base) {
        case cr1:
            turn(number, (value & cr1_saien) != 0);
            break;
        case cr2:
            if ((value & cr2_fflush) != 0)
                block.flush();
            block.mute(bit<5>(value), bit<6>(value));
            block.count_mutes(bits<12, 7>(value));
            break;
        case clrfr:
            at(base + sr) &= ~(value & 0x77);
            break;
        case dr:
            if (!receives(number))
                block.push(value & data_mask(number));
            break;
        default:
            break;
        }
        update();
    }
    void after_reset() override { update(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        for (SaiBlock& block : blocks_)
            block.fields(state);
    }

private:
    static constexpr u32 base_of(unsigned number) { return first_block + number * block_size; }
    u32 of(unsigned number, u32 offset) const { return at(base_of(number) + offset); }
    bool receives(unsigned number) const { return bit<0>(of(number, cr1)); }
    u32 data_bits(unsigned number) const {
        static constexpr u32 widths[] = {8, 8, 8, 10, 16, 20, 24, 32};
        return widths[bits<7, 5>(of(number, cr1))];
    }
    u32 data_mask(unsigned number) const {
        return static_cast<u32>((u64{1} << data_bits(number)) - 1);
    }

    // What the blocks ask for.
    u32 kernel_clock() const override { return clocks_.sai_clock(name); }
    void raise(unsigned number, u32 flags) override { at(base_of(number) + sr) |= flags; }
    void stopped(unsigned number) override { at(base_of(number) + cr1) &= ~cr1_saien; }

    SaiSettings settings(unsigned number) const;
    void turn(unsigned number, bool on);
    u32 filled(unsigned number) const;
    bool asks(unsigned number) const;
    u32 status(unsigned number) const;
    void update();

    const Clocks& clocks_;
    std::array<SaiBlock, block_count> blocks_;
};

SaiSettings Sai::settings(unsigned number) const {
    const u32 control = of(number, cr1);
    const u32 frame = of(number, frcr);
    const u32 slots = of(number, slotr);
    SaiSettings result;
    result.frame_bits = bits<7, 0>(frame) + 1;
    result.slots = bits<11, 8>(slots) + 1;
    result.active = bits<31, 16>(slots);
    result.data_bits = data_bits(number);
    static constexpr u32 sizes[] = {0, 16, 32, 32};
    const u32 size = sizes[bits<7, 6>(slots)];
    result.slot_bits = size == 0 ? result.data_bits : size;
    result.first_bit = bits<4, 0>(slots);
    result.active_level_bits = bits<14, 8>(frame) + 1;
    const u32 divider = std::max(bits<25, 20>(control), 1u);
    const u32 oversampling = bit<26>(control) ? 512 : 256;
    result.period = divider * (bit<19>(control) ? result.frame_bits : oversampling);
    result.master = !bit<1>(control) && !bit<10>(control);
    result.receives = bit<0>(control);
    result.synchronous = bit<10>(control);
    result.mono = bit<12>(control);
    result.lsb_first = bit<8>(control);
    result.sides = bit<16>(frame);
    result.falling = !bit<17>(frame);
    result.early = bit<18>(frame);
    return result;
}

void Sai::turn(unsigned number, bool on) {
    SaiBlock& block = blocks_[number];
    u32& control = at(base_of(number) + cr1);
    if (!on) {
        block.turn_off();
        control |= block.is_on() ? cr1_saien : 0; // until the frame is over
        return;
    }
    if (block.is_on())
        return;
    const SaiSettings wanted = settings(number);
    // With a master clock, a frame is a power of two (RM0432 58.3.8).
    const bool divides = std::has_single_bit(wanted.frame_bits) && wanted.frame_bits >= 8;
    if (wanted.master && !bit<19>(control) && !divides) {
        raise(number, SaiBlock::wrong_clock);
        control &= ~cr1_saien;
        return;
    }
    block.turn_on(wanted);
}

/// SR.FLVL: a receiver's levels include their lower ends, a transmitter's their upper ones.
u32 Sai::filled(unsigned number) const {
    const std::size_t level = blocks_[number].level();
    if (level == 0 || level == SaiBlock::depth)
        return level == 0 ? 0 : 5;
    return static_cast<u32>(receives(number) ? level / 2 + 1 : (level + 1) / 2);
}

/// FREQ: the FIFO holds as much, or as little, as FTH says (RM0432 58.3.9).
bool Sai::asks(unsigned number) const {
    const u32 threshold = bits<2, 0>(of(number, cr2));
    return receives(number) ? filled(number) > threshold : filled(number) <= threshold;
}

u32 Sai::status(unsigned number) const {
    return (of(number, sr) & ~sr_freq) | (asks(number) ? sr_freq : 0) | filled(number) << 16;
}

void Sai::update() {
    u64 next = SaiBlock::never_ps;
    bool interrupts = false;
    for (unsigned number = 0; number < block_count; ++number) {
        next = std::min(next, blocks_[number].next_ps());
        interrupts = interrupts || (status(number) & of(number, im)) != 0;
    }
    schedule(next == SaiBlock::never_ps ? never : around.cycle_at(next));
    drive(0, interrupts);
    for (unsigned number = 0; number < block_count; ++number)
        drive(static_cast<int>(number) + 1, asks(number) && (of(number, cr1) & cr1_dmaen) != 0);
}

const Registered model{"Sound.STM32_SAI", make<Sai>};

} // namespace
} // namespace tinysim
