#include "adc.hpp"

#include "adc_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace adc;

namespace {

constexpr u32 isr_adrdy = 1u << 0;
constexpr u32 isr_eosmp = 1u << 1;
constexpr u32 isr_eoc = 1u << 2;
constexpr u32 isr_eos = 1u << 3;
constexpr u32 isr_ovr = 1u << 4;
constexpr u32 isr_jeoc = 1u << 5;
constexpr u32 isr_jeos = 1u << 6;
constexpr u32 isr_awd1 = 1u << 7;
constexpr u32 cr_aden = 1u << 0;
constexpr u32 cr_addis = 1u << 1;
constexpr u32 cr_adstart = 1u << 2;
constexpr u32 cr_jadstart = 1u << 3;
constexpr u32 cr_adstp = 1u << 4;
constexpr u32 cr_jadstp = 1u << 5;
constexpr u32 cr_advregen = 1u << 28;
constexpr u32 cr_deeppwd = 1u << 29;
constexpr u32 cr_adcal = 1u << 31;
constexpr u32 cfgr_dmaen = 1u << 0;
constexpr u32 cfgr_align = 1u << 5;
constexpr u32 cfgr_ovrmod = 1u << 12;
constexpr u32 cfgr_cont = 1u << 13;
constexpr u32 cfgr_autdly = 1u << 14;
constexpr u32 cfgr_discen = 1u << 16;
constexpr u32 cfgr_jawd1en = 1u << 24;
constexpr u32 cfgr_awd1en = 1u << 23;
constexpr u32 cfgr_awd1sgl = 1u << 22;
constexpr u32 cfgr_jauto = 1u << 25;
constexpr u32 cfgr2_rovse = 1u << 0;
constexpr u32 cfgr2_jovse = 1u << 1;
constexpr u32 cfgr2_trovs = 1u << 9;
constexpr u32 ofr_enable = 1u << 31;

// In microvolts.
constexpr u32 supply = 3'300'000;    ///< VDDA and VREF+ of the board (UM2179)
constexpr u32 reference = 1'212'000; ///< VREFINT (DS12023)
constexpr u32 temperature = 760'000; ///< of the sensor at 30 C
constexpr u32 injected_trigger = 16; ///< first of the injected group's inputs

const Registered model{"Analog.STM32L4_ADC", make<Adc>};

} // namespace

Adc::Adc(const Site& site)
    : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {
    microvolts_[0] = reference;
    microvolts_[17] = temperature;
    microvolts_[18] = supply / 3; // VBAT through its bridge
}

void Adc::analog_input(int channel, u32 microvolts) {
    if (channel < 0 || static_cast<std::size_t>(channel) >= microvolts_.size())
        throw CoreError(name + ": channels are 0 to 18");
    microvolts_[static_cast<std::size_t>(channel)] = microvolts;
}

/// The converter's clock cycles that a channel is sampled for, and converted, in halves.
u32 Adc::conversion_halves(unsigned channel) const {
    static constexpr u16 sampling[] = {5, 13, 25, 49, 95, 185, 495, 1281};
    static constexpr u8 conversion[] = {25, 21, 17, 13};
    const u32 smp =
        channel < 10 ? at(smpr1) >> 3 * channel & 7 : at(smpr2) >> 3 * (channel - 10) & 7;
    return sampling[smp] + conversion[bits<4, 3>(at(cfgr))];
}

Cycles Adc::duration(unsigned channel, bool injected) const {
    static constexpr u16 prescalers[] = {1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256};
    const u32 mode = bits<17, 16>(at(ccr));
    u64 cycles = conversion_halves(channel); // of the converter, in halves
    if (mode != 0)
        cycles *= 1u << (mode - 1);
    else
        cycles *= u64{prescalers[std::min(bits<21, 18>(at(ccr)), 11u)]};
    const bool oversamples = has(cfgr2, injected ? cfgr2_jovse : cfgr2_rovse);
    if (oversamples && !has(cfgr2, cfgr2_trovs))
        cycles *= 2u << bits<4, 2>(at(cfgr2));
    if (mode != 0)
        return std::max<Cycles>(cycles / 2, 1);
    const u64 clock = clocks_.adc_clock(); // without one nothing ends
    return clock == 0 ? never / 4 : std::max<Cycles>(cycles * clocks_.hclk() / (2 * clock), 1);
}

unsigned Adc::channel_of(unsigned rank) const {
    // SQR1 has L and ranks 1 to 4, the others five each.
    const unsigned place = rank + 1;
    return at(sqr1 + 4 * (place / 5)) >> 6 * (place % 5) & 31;
}

u32 Adc::sample(unsigned channel, bool injected) const {
    const u64 level = channel < microvolts_.size() ? microvolts_[channel] : 0;
    const unsigned resolution = bits<4, 3>(at(cfgr));
    const u64 scaled = (std::min<u64>(level, supply) * 4095 + supply / 2) / supply;
    const u32 full = static_cast<u32>(scaled) >> 2 * resolution;
    if (!has(cfgr2, injected ? cfgr2_jovse : cfgr2_rovse)) {
        u32 value = full;
        for (unsigned i = 0; i < 4; ++i) {
            const u32 offset = at(ofr1 + 4 * i);
            if ((offset & ofr_enable) != 0 && bits<30, 26>(offset) == channel)
                value -= (offset & 0xFFF) >> 2 * resolution;
        }
        return has(cfgr, cfgr_align)
                   ? value << (4 + (resolution == 3 ? 0 : 2 * resolution)) & 0xFFFF
                   : value & 0xFFFF;
    }
    return full * (2u << bits<4, 2>(at(cfgr2))) >> std::min(bits<8, 5>(at(cfgr2)), 8u) & 0xFFFF;
}

void Adc::watch(unsigned channel, u32 value, bool injected) {
    const bool watches = has(cfgr, injected ? cfgr_jawd1en : cfgr_awd1en);
    const bool chosen = !has(cfgr, cfgr_awd1sgl) || bits<30, 26>(at(cfgr)) == channel;
    const u32 shifted = value << 2 * bits<4, 3>(at(cfgr));
    if (watches && chosen && (shifted < (at(tr1) & 0xFFF) || shifted > (at(tr1) >> 16 & 0xFFF)))
        at(isr) |= isr_awd1;
    for (u32 i = 0; i < 2; ++i)
        if ((at(awd2cr + 4 * i) >> channel & 1) != 0 &&
            (shifted >> 4 < (at(tr2 + 4 * i) & 0xFF) ||
             shifted >> 4 > (at(tr2 + 4 * i) >> 16 & 0xFF)))
            at(isr) |= isr_awd1 << (1 + i);
}

void Adc::begin() {
    if (injecting_)
        schedule(around.now() + duration(at(jsqr) >> (8 + 6 * rank_injected_) & 31, true));
    else if (converting_)
        schedule(around.now() + duration(channel_of(rank_), false));
    else
        schedule(never);
}

void Adc::finish_regular() {
    const unsigned channel = channel_of(rank_);
    const u32 value = sample(channel, false);
    if (has(isr, isr_eoc) && !dma_takes_) {
        at(isr) |= isr_ovr;
        if (has(cfgr, cfgr_ovrmod))
            at(dr) = value;
    } else {
        at(dr) = value;
    }
    at(isr) |= isr_eoc | isr_eosmp;
    watch(channel, value, false);
    const bool last = rank_ == (at(sqr1) & 15);
    rank_ = last ? 0 : rank_ + 1;
    if (last)
        at(isr) |= isr_eos;
    bool more = !last;
    if (has(cfgr, cfgr_discen)) {
        more = !last && ++in_group_ <= bits<19, 17>(at(cfgr));
        if (!more)
            in_group_ = 0;
    }
    if (last && has(cfgr, cfgr_cont))
        more = true;
    converting_ = more;
    const bool triggered = bits<11, 10>(at(cfgr)) != 0;
    if (!more && !triggered)
        at(cr) &= ~cr_adstart;
    if (last && has(cfgr, cfgr_jauto))
        injecting_ = true;
    if (has(cfgr, cfgr_dmaen)) {
        dma_takes_ = true;
        drive(1, true);
        drive(1, false);
    }
    if (more && has(cfgr, cfgr_autdly)) { // waits until DR has been read
        converting_ = false;
        delayed_ = true;
    }
}

void Adc::finish_injected() {
    const unsigned channel = at(jsqr) >> (8 + 6 * rank_injected_) & 31;
    const u32 value = sample(channel, true);
    at(jdr1 + 4 * rank_injected_) = value;
    at(isr) |= isr_jeoc;
    watch(channel, value, true);
    if (rank_injected_++ < (at(jsqr) & 3))
        return;
    rank_injected_ = 0;
    injecting_ = false;
    at(isr) |= isr_jeos;
    if (bits<7, 6>(at(jsqr)) == 0)
        at(cr) &= ~cr_jadstart;
}

void Adc::on_due() {
    if (injecting_)
        finish_injected();
    else if (converting_)
        finish_regular();
    begin();
    update();
}

/// A trigger's edge.
void Adc::input(int line, bool level) {
    // A source may say again what its level is: only a change is an edge.
    if ((trigger_levels_ >> line & 1) == (level ? 1u : 0u))
        return;
    trigger_levels_ ^= 1u << line;
    const bool injected = line >= static_cast<int>(injected_trigger);
    const u32 number = static_cast<u32>(line) & 15;
    const u32 select = injected ? bits<5, 2>(at(jsqr)) : bits<9, 6>(at(cfgr));
    const u32 edges = injected ? bits<7, 6>(at(jsqr)) : bits<11, 10>(at(cfgr));
    if (select != number || (edges & (level ? 1 : 2)) == 0)
        return;
    if (injected && has(cr, cr_jadstart) && !injecting_)
        injecting_ = true;
    else if (!injected && has(cr, cr_adstart) && !converting_)
        converting_ = true;
    else
        return;
    if (due == never)
        begin();
}

void Adc::update() { drive(0, (at(isr) & at(ier)) != 0); }

u32 Adc::reading(u32 offset) {
    if (offset == dr) {
        at(isr) &= ~isr_eoc;
        dma_takes_ = false;
        if (delayed_) {
            delayed_ = false;
            converting_ = true;
            begin();
        }
        update();
    } else if (offset >= jdr1 && offset < jdr1 + 16) {
        at(isr) &= ~isr_jeoc;
        update();
    } else if (offset == csr) {
        return at(isr) & 0x7FF;
    }
    return at(offset);
}

bool Adc::writing(u32 offset, u32&) {
    // The configuration stands while a conversion is on its way (RM0432 21.4.10).
    const bool busy = has(cr, cr_adstart | cr_jadstart);
    const bool configuration =
        (offset >= smpr1 && offset <= smpr2) || (offset >= sqr1 && offset < dr);
    return !(busy && configuration && has(cr, cr_adstart));
}

void Adc::written(u32 offset, u32 value) {
    if (offset == cr) {
        const bool powered = has(cr, cr_advregen) && !has(cr, cr_deeppwd);
        if ((value & cr_aden) != 0 && powered) {
            at(cr) |= cr_aden;
            at(isr) |= isr_adrdy;
        }
        if ((value & cr_addis) != 0)
            at(cr) &= ~cr_aden;
        if ((value & cr_adstp) != 0) {
            at(cr) &= ~cr_adstart;
            converting_ = delayed_ = false;
            rank_ = in_group_ = 0;
        }
        if ((value & cr_jadstp) != 0) {
            at(cr) &= ~cr_jadstart;
            injecting_ = false;
            rank_injected_ = 0;
        }
        if ((value & cr_adstart) != 0 && has(cr, cr_aden)) {
            at(cr) |= cr_adstart;
            dma_takes_ = false;
            converting_ = bits<11, 10>(at(cfgr)) == 0;
        }
        if ((value & cr_jadstart) != 0 && has(cr, cr_aden)) {
            at(cr) |= cr_jadstart;
            injecting_ = bits<7, 6>(at(jsqr)) == 0;
        }
        begin();
    }
    update();
}

void Adc::fields(State& state) {
    RegisterBlock::fields(state);
    state(converting_);
    state(injecting_);
    state(delayed_);
    state(dma_takes_);
    state(rank_);
    state(rank_injected_);
    state(in_group_);
    state.outside(trigger_levels_);
    state.outside(microvolts_);
}

} // namespace tinysim
