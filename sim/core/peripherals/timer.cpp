#include "timer.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    smcr = 0x08,
    dier = 0x0C,
    sr = 0x10,
    egr = 0x14,
    ccmr1 = 0x18,
    ccmr2 = 0x1C,
    ccer = 0x20,
    cnt = 0x24,
    psc = 0x28,
    arr = 0x2C,
    rcr = 0x30,
    ccr1 = 0x34,
    ccr4 = 0x40,
    bdtr = 0x44,
    dcr = 0x48,
    dmar = 0x4C,
    or1 = 0x50,
    ccmr3 = 0x54,
    ccr5 = 0x58,
    ccr6 = 0x5C,
};

constexpr u32 cr1_cen = 1u << 0;
constexpr u32 cr1_udis = 1u << 1;
constexpr u32 cr1_urs = 1u << 2;
constexpr u32 cr1_opm = 1u << 3;
constexpr u32 cr1_dir = 1u << 4;
constexpr u32 cr1_cms = 3u << 5;
constexpr u32 cr1_arpe = 1u << 7;
constexpr u32 cr1_uifremap = 1u << 11;
constexpr u32 cr2_ti1s = 1u << 7;
constexpr u32 smcr_ece = 1u << 14;
constexpr u32 smcr_etp = 1u << 15;
constexpr u32 flag_update = 1u << 0; // of DIER, SR and EGR
constexpr u32 flag_cc1 = 1u << 1;
constexpr u32 flag_com = 1u << 5;
constexpr u32 flag_trigger = 1u << 6;
constexpr u32 flag_break = 1u << 7;
constexpr u32 sr_cc1of = 1u << 9;
constexpr u32 dier_ude = 1u << 8;
constexpr u32 dier_cc1de = 1u << 9;
constexpr u32 dier_comde = 1u << 13;
constexpr u32 dier_tde = 1u << 14;
constexpr u32 bdtr_bke = 1u << 12;
constexpr u32 bdtr_bkp = 1u << 13;
constexpr u32 bdtr_aoe = 1u << 14;
constexpr u32 bdtr_moe = 1u << 15;

enum Slave : u32 {
    slave_off = 0,
    encoder1 = 1,
    encoder3 = 3,
    slave_reset = 4,
    slave_gated = 5,
    slave_trigger = 6,
    external_clock = 7,
    slave_reset_trigger = 8,
};

Register capture_compare_mode(u32 offset, const char* name, unsigned first, unsigned channels) {
    std::vector<Field> fields;
    static constexpr const char* names[][7] = {
        {"CC1S", "OC1FE", "OC1PE", "OC1M", "OC1CE", "OC1M_3", "IC1PSC"},
        {"CC2S", "OC2FE", "OC2PE", "OC2M", "OC2CE", "OC2M_3", "IC2PSC"},
        {"CC3S", "OC3FE", "OC3PE", "OC3M", "OC3CE", "OC3M_3", "IC3PSC"},
        {"CC4S", "OC4FE", "OC4PE", "OC4M", "OC4CE", "OC4M_3", "IC4PSC"},
        {"CC5S", "OC5FE", "OC5PE", "OC5M", "OC5CE", "OC5M_3", "IC5PSC"},
        {"CC6S", "OC6FE", "OC6PE", "OC6M", "OC6CE", "OC6M_3", "IC6PSC"}};
    for (unsigned i = 0; i < 2 && first + i < channels; ++i) {
        const auto& of = names[first + i];
        const unsigned low = 8 * i;
        if (first < 4)
            fields.emplace_back(of[0], low + 1, low);
        fields.emplace_back(of[1], low + 2, stored);
        fields.emplace_back(of[2], low + 3);
        fields.emplace_back(of[3], low + 6, low + 4);
        fields.emplace_back(of[4], low + 7, stored); // also the filter's top bit
        fields.emplace_back(of[5], 16 + low);
    }
    return {offset, name, 0, std::move(fields)};
}

RegisterMap registers(u32 limit, unsigned channels, bool has_break) {
    const unsigned width = limit == 0xFFFF ? 16 : 32;
    const bool advanced = channels > 4;
    std::vector<Field> control = {{"CEN", 0}, {"UDIS", 1}, {"URS", 2},
                                  {"OPM", 3}, {"ARPE", 7}, {"UIFREMAP", 11}};
    if (channels >= 4)
        control.insert(control.end(), {{"DIR", 4}, {"CMS", 6, 5}});
    if (channels > 0)
        control.emplace_back("CKD", 9, 8, stored); // of filters and dead time
    std::vector<Register> all = {{0x00, "CR1", 0, control}};
    std::vector<Field> control2 = {{"MMS", 6, 4}};
    std::vector<Field> interrupts = {{"UIE", 0}, {"UDE", 8}};
    std::vector<Field> status_bits = {{"UIF", 0, clear_by_0}};
    std::vector<Field> events = {{"UG", 0, order}};
    static constexpr const char* cc[][5] = {{"CC1IE", "CC1DE", "CC1IF", "CC1OF", "CC1G"},
                                            {"CC2IE", "CC2DE", "CC2IF", "CC2OF", "CC2G"},
                                            {"CC3IE", "CC3DE", "CC3IF", "CC3OF", "CC3G"},
                                            {"CC4IE", "CC4DE", "CC4IF", "CC4OF", "CC4G"}};
    for (unsigned i = 0; i < std::min(channels, 4u); ++i) {
        interrupts.emplace_back(cc[i][0], 1 + i);
        interrupts.emplace_back(cc[i][1], 9 + i);
        status_bits.emplace_back(cc[i][2], 1 + i, clear_by_0);
        status_bits.emplace_back(cc[i][3], 9 + i, clear_by_0);
        events.emplace_back(cc[i][4], 1 + i, order);
    }
    if (channels > 0) {
        control2.emplace_back("CCDS", 3, unmodelled);
        if (channels > 1)
            control2.emplace_back("TI1S", 7);
    }
    if (channels > 1) {
        interrupts.insert(interrupts.end(), {{"TIE", 6}, {"TDE", 14}});
        status_bits.emplace_back("TIF", 6, clear_by_0);
        events.emplace_back("TG", 6, order);
    }
    if (has_break) {
        control2.insert(control2.end(),
                        {{"CCPC", 0, unmodelled}, {"CCUS", 2, unmodelled}, {"OIS", 14, 8, stored}});
        if (advanced)
            control2.insert(
                control2.end(),
                {{"OIS5", 16, stored}, {"OIS6", 18, stored}, {"MMS2", 23, 20, unmodelled}});
        interrupts.insert(interrupts.end(), {{"COMIE", 5}, {"BIE", 7}, {"COMDE", 13}});
        status_bits.insert(status_bits.end(), {{"COMIF", 5, clear_by_0},
                                               {"BIF", 7, clear_by_0},
                                               {"B2IF", 8, clear_by_0},
                                               {"SBIF", 13, clear_by_0}});
        events.insert(events.end(), {{"COMG", 5, order}, {"BG", 7, order}, {"B2G", 8, order}});
    }
    if (advanced)
        status_bits.insert(status_bits.end(),
                           {{"CC5IF", 16, clear_by_0}, {"CC6IF", 17, clear_by_0}});
    all.emplace_back(0x04, "CR2", 0u, control2);
    if (channels > 1)
        all.push_back({0x08,
                       "SMCR",
                       0,
                       {{"SMS", 2, 0},
                        {"OCCS", 3, stored},
                        {"TS", 6, 4},
                        {"MSM", 7, stored},
                        {"ETF", 11, 8, stored},
                        {"ETPS", 13, 12, unmodelled},
                        {"ECE", 14},
                        {"ETP", 15},
                        {"SMS_3", 16}}});
    all.emplace_back(0x0C, "DIER", 0u, interrupts);
    all.emplace_back(0x10, "SR", 0u, status_bits);
    all.emplace_back(0x14, "EGR", 0u, events);
    if (channels > 0) {
        all.push_back(capture_compare_mode(0x18, "CCMR1", 0, channels));
        if (channels > 2)
            all.push_back(capture_compare_mode(0x1C, "CCMR2", 2, channels));
        std::vector<Field> enables;
        static constexpr const char* enable_names[][4] = {
            {"CC1E", "CC1P", "CC1NE", "CC1NP"}, {"CC2E", "CC2P", "CC2NE", "CC2NP"},
            {"CC3E", "CC3P", "CC3NE", "CC3NP"}, {"CC4E", "CC4P", "CC4NE", "CC4NP"},
            {"CC5E", "CC5P", "CC5NE", "CC5NP"}, {"CC6E", "CC6P", "CC6NE", "CC6NP"}};
        for (unsigned i = 0; i < channels; ++i) {
            enables.emplace_back(enable_names[i][0], 4 * i);
            enables.emplace_back(enable_names[i][1], 4 * i + 1);
            const bool complementary = has_break && i < (advanced ? 3u : 1u);
            if (complementary)
                enables.emplace_back(enable_names[i][2], 4 * i + 2);
            if (i < 4)
                enables.emplace_back(enable_names[i][3], 4 * i + 3);
        }
        all.emplace_back(0x20, "CCER", 0u, enables);
    }
    all.emplace_back(0x24, "CNT", 0u, modelled, width);
    all.emplace_back(0x28, "PSC", 0u, modelled, 16u);
    all.emplace_back(0x2C, "ARR", limit, modelled, width);
    if (has_break)
        all.emplace_back(0x30, "RCR", 0u, modelled, advanced ? 16u : 8u);
    static constexpr const char* compares[] = {"CCR1", "CCR2", "CCR3", "CCR4"};
    for (unsigned i = 0; i < std::min(channels, 4u); ++i)
        all.emplace_back(0x34 + 4 * i, compares[i], 0u, modelled, width);
    if (has_break)
        all.push_back({0x44,
                       "BDTR",
                       0,
                       {{"DTG", 7, 0, unmodelled},
                        {"LOCK", 9, 8, stored},
                        {"OSSI", 10, stored},
                        {"OSSR", 11, stored},
                        {"BKE", 12},
                        {"BKP", 13},
                        {"AOE", 14},
                        {"MOE", 15},
                        {"BKF", 19, 16, stored},
                        {"BK2F", 23, 20, stored},
                        {"BK2E", 24, unmodelled},
                        {"BK2P", 25, stored}}});
    if (channels > 0) {
        all.push_back({0x48, "DCR", 0, {{"DBA", 4, 0}, {"DBL", 12, 8}}});
        all.emplace_back(0x4C, "DMAR");
        all.emplace_back(0x50, "OR1", 0u, channels < 3 ? modelled : stored);
        all.emplace_back(0x60, "OR2", has_break ? 1u : 0u, stored);
    }
    if (advanced) {
        all.push_back(capture_compare_mode(0x54, "CCMR3", 4, 6));
        all.push_back({0x58, "CCR5", 0, {{"CCR5", 15, 0}, {"GC5C", 31, 29, unmodelled}}});
        all.emplace_back(0x5C, "CCR6", 0u, modelled, 16u);
        all.emplace_back(0x64, "OR3", 1u, stored);
    }
    return RegisterMap(std::move(all));
}

const Registered model{"Timers.STM32_Timer", make<Timer>};

} // namespace

Timer::Timer(const Site& site)
    : RegisterBlock(site.name, site.around,
                    registers(site.number("initialLimit", 0xFFFF), site.number("channels", 4),
                              site.flag("hasBreak"))),
      clocks_(site.clocks), limit_(site.number("initialLimit", 0xFFFF)),
      channels_(site.number("channels", 4)), break_(site.flag("hasBreak")), reload_(limit_) {}

int Timer::output(const std::string& name) const {
    static const std::map<std::string, int> names = {
        {"brk", irq_break},       {"up", irq_update},       {"trg_com", irq_trigger},
        {"cc", irq_compare},      {"trgo", trgo},           {"ch1", oc1},
        {"ch2", oc1 + 1},         {"ch3", oc1 + 2},         {"ch4", oc1 + 3},
        {"ch1n", oc1n},           {"ch2n", oc1n + 1},       {"ch3n", oc1n + 2},
        {"dma_ch1", dma_ch1},     {"dma_ch2", dma_ch1 + 1}, {"dma_ch3", dma_ch1 + 2},
        {"dma_ch4", dma_ch1 + 3}, {"dma_up", dma_up},       {"dma_trig", dma_trig},
        {"dma_com", dma_com},     {"oc1", oc1_ref}};
    const auto found = names.find(name);
    return found == names.end() ? irq : found->second;
}

void Timer::after_reset() {
    rate_ = clocks_.timer_rate(name);
    for (int line = 0; line <= oc1_ref; ++line)
        if (line >= oc1 && line < dma_ch1)
            let_go(line);
        else
            drive(line, false);
}

// ---------------------------------------------------------------- what the registers ask for

Timer::Mode Timer::mode() const {
    if (has(cr1, cr1_cms))
        return Mode::centre;
    return has(cr1, cr1_dir) ? Mode::down : Mode::up;
}

bool Timer::encoder() const {
    if (channels_ < 2)
        return false;
    const u32 slave = bits<2, 0>(at(smcr)) | (bit<16>(at(smcr)) ? 8 : 0);
    return slave >= encoder1 && slave <= encoder3;
}

bool Timer::internal_clock() const {
    if (channels_ < 2)
        return true;
    const u32 slave = bits<2, 0>(at(smcr)) | (bit<16>(at(smcr)) ? 8 : 0);
    if (has(smcr, smcr_ece) || slave == external_clock || encoder())
        return false;
    return slave != slave_gated || (trigger_inputs_ & 1u << 31) != 0;
}

bool Timer::counting() const {
    return has(cr1, cr1_cen) && reload_ != 0 && internal_clock() && !around.is_stopped();
}

bool Timer::is_output(unsigned channel) const {
    return channel < channels_ && capture_select(channel) == 0;
}

u32 Timer::capture_select(unsigned channel) const {
    return channel > 3 ? 0 : at(channel < 2 ? ccmr1 : ccmr2) >> 8 * (channel & 1) & 3;
}

u32 Timer::output_mode(unsigned channel) const {
    static constexpr u32 registers_of[] = {ccmr1, ccmr2, ccmr3};
    const u32 value = at(registers_of[channel / 2]) >> 8 * (channel & 1);
    return (value >> 4 & 7) | (value >> 16 & 1) << 3;
}

u32 Timer::trgo_mode() const { return is_wired(trgo) ? at(cr2) >> 4 & 7 : 0; }

bool Timer::outputs_enabled() const { return !break_ || has(bdtr, bdtr_moe); }

// ---------------------------------------------------------------- counting

/// Ticks until the count overflows or underflows.
u64 Timer::to_boundary(Position from) const {
    const u64 count = from.count;
    switch (mode()) {
    case Mode::up:
        return (count <= reload_ ? u64{reload_} : u64{limit_}) + 1 - count;
    case Mode::down:
        return count + 1;
    case Mode::centre:
        if (from.down)
            return std::max<u64>(count, 1);
        return count < reload_ ? reload_ - count : 1;
    }
    return 1;
}

Timer::Position Timer::after_boundary(Position from) const {
    switch (mode()) {
    case Mode::up:
        return {0, false};
    case Mode::down:
        return {reload_, true};
    case Mode::centre:
        return from.down ? Position{0, false} : Position{reload_, true};
    }
    return {};
}

Timer::Position Timer::advanced(Position from, u64 ticks) const {
    const u64 first = to_boundary(from);
    if (ticks >= first) {
        from = after_boundary(from);
        ticks -= first;
        const u64 period = mode() == Mode::centre ? 2 * u64{reload_} : u64{reload_} + 1;
        ticks %= period;
        if (const u64 half = to_boundary(from); mode() == Mode::centre && ticks >= half) {
            from = after_boundary(from);
            ticks -= half;
        }
    }
    const bool falls = mode() == Mode::down || (mode() == Mode::centre && from.down);
    from.count = static_cast<u32>(falls ? from.count - ticks : from.count + ticks);
    return from;
}

/// Ticks until the count becomes what a channel compares with, if that is before the boundary.
u64 Timer::to_match(Position from, unsigned channel) const {
    const u64 value = compare(channel);
    const bool falls = mode() == Mode::down || (mode() == Mode::centre && from.down);
    u64 ticks = never;
    if (!falls && value > from.count)
        ticks = value - from.count;
    else if (falls && value < from.count)
        ticks = from.count - value;
    return ticks < to_boundary(from) ? ticks : never;
}

/// Counts up to now, keeping the fraction of a tick that has passed.
void Timer::settle() {
    const Cycles now = around.now();
    while (due <= now)
        on_due();
    if (!counting() || now < since_) {
        since_ = now;
        return;
    }
    const u64 ticks = ticks_in(now - since_);
    position_ = advanced(position_, ticks);
    since_ += cycles_of(ticks);
}

/// Whether anybody would see an overflow or underflow.
bool Timer::boundary_matters() const {
    if (!has(sr, flag_update) && !has(cr1, cr1_udis))
        return true;
    if (has(cr1, cr1_opm) || has(dier, dier_ude) || repetitions_ != 0 || trgo_mode() == 2)
        return true;
    if (prescaler_ != at(psc) || reload_ != at(arr))
        return true;
    for (unsigned channel = 0; channel < channels_; ++channel)
        if (match_matters(channel) ||
            (is_output(channel) && compare(channel) != 0 && has(ccer, 5u << 4 * channel)))
            return true;
    return false;
}

bool Timer::match_matters(unsigned channel) const {
    if (!is_output(channel))
        return false;
    const u32 flag = channel < 4 ? flag_cc1 << channel : 1u << (12 + channel);
    if (!has(sr, flag) || has(ccer, 5u << 4 * channel) || trgo_mode() >= 3 ||
        (channel == 0 && is_wired(oc1_ref)))
        return true;
    return channel < 4 && has(dier, dier_cc1de << channel);
}

void Timer::replan() {
    u64 ticks = never;
    if (counting()) {
        if (boundary_matters())
            ticks = to_boundary(position_);
        for (unsigned channel = 0; channel < channels_; ++channel)
            if (match_matters(channel)) {
                const u64 to = to_match(position_, channel);
                // A match in a later period is found from the boundary before it.
                ticks = std::min(ticks, to == never ? to_boundary(position_) : to);
            }
    }
    schedule(std::min(edge_due_, ticks == never ? never : since_ + cycles_of(ticks)));
}

/// When the oscillator that OR1 connects to TI1 rises next.
void Timer::next_edge(Cycles from) {
    const u32 rate = clocks_.timer_input(name, at(or1));
    const bool listens = capture_select(0) == 1 && has(ccer, 1) && has(cr1, cr1_cen);
    if (rate == 0 || !listens || around.is_stopped()) {
        edge_due_ = never;
        return;
    }
    const u64 period = around.hclk() + edge_remainder_;
    edge_remainder_ = period % rate;
    edge_due_ = from + std::max<u64>(period / rate, 1);
}

void Timer::on_due() {
    const Cycles at = due;
    if (at == edge_due_) {
        schedule(never);
        settle();
        capture(0);
        next_edge(at);
        refresh_interrupts();
        return replan();
    }
    const u64 ticks = ticks_in(at - since_);
    const bool boundary = ticks == to_boundary(position_);
    position_ = advanced(position_, ticks);
    since_ = at;
    arrive(boundary);
    refresh_interrupts();
    replan();
}

/// The count has just become what it is.
void Timer::arrive(bool at_boundary) {
    if (at_boundary)
        overflow();
    for (unsigned channel = 0; channel < channels_; ++channel) {
        if (!is_output(channel) || compare(channel) != position_.count)
            continue;
        // Centre-aligned: CMS says on which way a match sets the flag.
        const u32 cms = at(cr1) >> 5 & 3;
        const bool falls = position_.down || (position_.count == 0 && cms != 0);
        if (cms == 0 || cms == 3 || (cms == 1) == falls)
            match(channel);
        else
            refresh_outputs();
    }
    refresh_outputs();
}

void Timer::overflow() {
    if (repetitions_ != 0) {
        --repetitions_;
        return;
    }
    update_event(false);
    if (has(cr1, cr1_opm))
        at(cr1) &= ~cr1_cen;
    if (break_ && has(bdtr, bdtr_aoe) && !has(sr, flag_break))
        at(bdtr) |= bdtr_moe;
}

void Timer::load_preloaded() {
    prescaler_ = at(psc);
    reload_ = at(arr);
    repetitions_ = break_ ? at(rcr) : 0;
    for (unsigned channel = 0; channel < channels_; ++channel)
        active_[channel] = at(channel < 4 ? ccr1 + 4 * channel : ccr5 + 4 * (channel - 4)) & limit_;
}

void Timer::update_event(bool by_software, bool by_slave) {
    if (has(cr1, cr1_udis))
        return;
    load_preloaded();
    if ((by_software || by_slave) && has(cr1, cr1_urs))
        return;
    at(sr) |= flag_update;
    request(dma_up, dier_ude);
    pulse_trgo(2);
}

// ---------------------------------------------------------------- outputs

void Timer::match(unsigned channel) {
    at(sr) |= channel < 4 ? flag_cc1 << channel : 1u << (12 + channel);
    switch (output_mode(channel)) {
    case 1:
        set_output(channel, true);
        break;
    case 2:
        set_output(channel, false);
        break;
    case 3:
        set_output(channel, !reference_[channel]);
        break;
    default:
        break;
    }
    if (channel < 4)
        request(dma_ch1 + static_cast<int>(channel), dier_cc1de << channel);
    if (channel == 0)
        pulse_trgo(3);
}

/// The levels that follow from the count alone.
void Timer::refresh_outputs() {
    for (unsigned channel = 0; channel < channels_; ++channel) {
        if (!is_output(channel)) {
            drive_channel(channel);
            continue;
        }
        const bool falls = mode() == Mode::down || (mode() == Mode::centre && position_.down);
        const bool low_part =
            falls ? position_.count <= compare(channel) : position_.count < compare(channel);
        switch (output_mode(channel)) {
        case 4:
            set_output(channel, false);
            break;
        case 5:
            set_output(channel, true);
            break;
        case 6:
        case 12: // combined with its neighbour, which is not modelled: as alone
            set_output(channel, low_part);
            break;
        case 7:
        case 13:
            set_output(channel, !low_part);
            break;
        case 8: // retriggerable: active until the trigger
        case 9:
            set_output(channel, output_mode(channel) == 9);
            break;
        default:
            break;
        }
        drive_channel(channel);
    }
    update_trgo_level();
}

void Timer::set_output(unsigned channel, bool active) {
    reference_[channel] = active;
    drive_channel(channel);
}

/// A channel's pins: its own, and the complementary one. A pin whose output is off floats.
void Timer::drive_channel(unsigned channel) {
    const u32 enables = at(ccer) >> 4 * channel;
    const int line = static_cast<int>(channel);
    const bool enabled = outputs_enabled() && is_output(channel);
    if (bit<0>(enables) && enabled)
        drive(oc1 + line, reference_[channel] != bit<1>(enables));
    else
        let_go(oc1 + line);
    if (channel < 3 && bit<2>(enables) && enabled)
        drive(oc1n + line, reference_[channel] == bit<3>(enables));
    else if (channel < 3)
        let_go(oc1n + line);
    if (channel == 0)
        drive(oc1_ref, reference_[channel] && outputs_enabled());
}

void Timer::pulse(int output) {
    drive(output, true);
    drive(output, false);
}

void Timer::pulse_trgo(u32 mode) {
    if (trgo_mode() == mode)
        pulse(trgo);
}

void Timer::update_trgo_level() {
    const u32 mode = trgo_mode();
    if (mode == 1)
        drive(trgo, has(cr1, cr1_cen));
    else if (mode >= 4)
        drive(trgo, reference_[mode - 4]);
}

void Timer::request(int output, u32 enable) {
    if (has(dier, enable)) {
        burst_ = 0;
        pulse(output);
    }
}

void Timer::refresh_interrupts() {
    const u32 requests = at(sr) & at(dier);
    drive(irq, (requests & 0xFF) != 0);
    drive(irq_break, (requests & flag_break) != 0);
    drive(irq_update, (requests & flag_update) != 0);
    drive(irq_trigger, (requests & (flag_trigger | flag_com)) != 0);
    drive(irq_compare, (requests & 0x1E) != 0);
}

void Timer::break_event() {
    at(bdtr) &= ~bdtr_moe;
    at(sr) |= flag_break;
    refresh_outputs();
}

// ---------------------------------------------------------------- inputs

void Timer::capture_event(unsigned channel) {
    const u32 flag = flag_cc1 << channel;
    if (has(sr, flag))
        at(sr) |= sr_cc1of << channel;
    at(sr) |= flag;
    at(ccr1 + 4 * channel) = active_[channel] = position_.count;
    request(dma_ch1 + static_cast<int>(channel), dier_cc1de << channel);
    if (channel == 0)
        pulse_trgo(3);
}

/// One edge on a channel's input: every ICxPSC-th of them captures.
void Timer::capture(unsigned channel) {
    const u32 prescaler = at(channel < 2 ? ccmr1 : ccmr2) >> (8 * (channel & 1) + 2) & 3;
    if (++captures_[channel] < 1u << prescaler)
        return;
    captures_[channel] = 0;
    capture_event(channel);
}

void Timer::channel_input(unsigned line, bool level) {
    const auto edge_counts = [&](unsigned channel) {
        const u32 polarity = at(ccer) >> (4 * channel + 1);
        return bit<0>(polarity) && bit<2>(polarity) ? true : level != bit<0>(polarity);
    };
    for (unsigned channel = 0; channel < std::min(channels_, 4u); ++channel) {
        const u32 select = capture_select(channel);
        const unsigned source = select == 1 ? channel : channel ^ 1;
        if ((select == 1 || select == 2) && source == line && has(ccer, 1u << 4 * channel) &&
            edge_counts(channel))
            capture(channel);
    }
    if (channels_ < 2)
        return;
    const u32 source = at(smcr) >> 4 & 7;
    if (encoder() && line < 2)
        encoder_edge(line);
    else if (source == 4 && line == 0) {
        trigger(true);
        trigger(false);
    } else if ((source == 5 && line == 0) || (source == 6 && line == 1))
        trigger(level != ((at(ccer) >> (4 * line + 1) & 1) != 0));
}

void Timer::input(int line, bool level) {
    const u32 mask = 1u << line;
    if (((inputs_ & mask) != 0) == level)
        return;
    inputs_ = (inputs_ & ~mask) | (level ? mask : 0);
    settle();
    if (line >= ti1 && line < etr) {
        const unsigned channel = static_cast<unsigned>(line - ti1);
        bool seen = level;
        if (channel < 3 && channels_ > 1 && has(cr2, cr2_ti1s)) // TI1 is the XOR of three
            seen = (((inputs_ >> ti1) ^ (inputs_ >> (ti1 + 1)) ^ (inputs_ >> (ti1 + 2))) & 1) != 0;
        channel_input(channels_ > 1 && has(cr2, cr2_ti1s) && channel < 3 ? 0 : channel, seen);
    } else if (line == etr && channels_ > 1) {
        const bool active = level != has(smcr, smcr_etp);
        if (has(smcr, smcr_ece) && active)
            external_tick();
        if ((at(smcr) >> 4 & 7) == 7)
            trigger(active);
    } else if (line == brk) {
        if (break_ && has(bdtr, bdtr_bke) && level == has(bdtr, bdtr_bkp))
            break_event();
    } else if (line >= itr0 && channels_ > 1 &&
               (at(smcr) >> 4 & 7) == static_cast<u32>(line - itr0)) {
        trigger(level);
    }
    refresh_interrupts();
    replan();
}

/// TRGI has a new level.
void Timer::trigger(bool level) {
    const u32 gate = 1u << 31;
    trigger_inputs_ = (trigger_inputs_ & ~gate) | (level ? gate : 0);
    const u32 slave = bits<2, 0>(at(smcr)) | (bit<16>(at(smcr)) ? 8 : 0);
    if (slave == slave_gated)
        at(sr) |= flag_trigger;
    if (!level)
        return;
    for (unsigned channel = 0; channel < std::min(channels_, 4u); ++channel)
        if (capture_select(channel) == 3 && has(ccer, 1u << 4 * channel))
            capture(channel);
    if (slave == slave_off)
        return;
    at(sr) |= flag_trigger;
    request(dma_trig, dier_tde);
    switch (slave) {
    case slave_reset:
    case slave_reset_trigger:
        position_ = {mode() == Mode::down ? reload_ : 0, mode() == Mode::down};
        since_ = around.now();
        update_event(false, true);
        if (slave == slave_reset)
            break;
        [[fallthrough]];
    case slave_trigger:
        if (!has(cr1, cr1_cen))
            since_ = around.now();
        at(cr1) |= cr1_cen;
        break;
    case external_clock:
        external_tick();
        break;
    default:
        break;
    }
    refresh_outputs();
}

/// A tick of a clock that is not the kernel clock.
void Timer::external_tick() {
    if (!has(cr1, cr1_cen) || reload_ == 0)
        return;
    if (++prescaled_ <= prescaler_)
        return;
    prescaled_ = 0;
    const bool boundary = to_boundary(position_) == 1;
    position_ = advanced(position_, 1);
    arrive(boundary);
}

/// Quadrature (RM0432 38.3.23): the direction follows from the other input's level.
void Timer::encoder_edge(unsigned line) {
    if (!has(cr1, cr1_cen))
        return;
    const u32 slave = bits<2, 0>(at(smcr));
    if ((slave == 1 && line != 1) || (slave == 2 && line != 0))
        return;
    const auto seen = [&](unsigned channel) {
        return ((inputs_ >> (ti1 + static_cast<int>(channel)) & 1) != 0) !=
               ((at(ccer) >> (4 * channel + 1) & 1) != 0);
    };
    const bool up = line == 0 ? seen(0) != seen(1) : seen(0) == seen(1);
    at(cr1) = up ? at(cr1) & ~cr1_dir : at(cr1) | cr1_dir;
    const bool boundary = up ? position_.count >= reload_ : position_.count == 0;
    position_.count = boundary ? (up ? 0 : reload_) : position_.count + (up ? 1u : 0xFFFFFFFFu);
    arrive(boundary);
}

// ---------------------------------------------------------------- registers

bool Timer::is_volatile(u32 offset) const { return offset == cnt; }

u32 Timer::reading(u32 offset) {
    switch (offset) {
    case cnt: {
        settle();
        const bool copy = has(cr1, cr1_uifremap) && has(sr, flag_update);
        return position_.count | (copy ? 1u << 31 : 0);
    }
    case cr1:
        if (mode() == Mode::centre) {
            settle();
            return (at(cr1) & ~cr1_dir) | (position_.down ? cr1_dir : 0);
        }
        return at(cr1);
    case dmar: {
        const u32 target = 4 * (bits<4, 0>(at(dcr)) + burst_);
        return map().find(target) ? at(target) : 0;
    }
    default:
        if (offset >= ccr1 && offset <= ccr4 && offset / 4 - ccr1 / 4 < channels_ &&
            !is_output((offset - ccr1) / 4)) { // reading a capture clears its flag
            at(sr) &= ~(flag_cc1 << (offset - ccr1) / 4);
            refresh_interrupts();
        }
        return at(offset);
    }
}

bool Timer::writing(u32 offset, u32& value) {
    settle();
    if (offset == dmar) {
        const u32 target = 4 * (bits<4, 0>(at(dcr)) + burst_);
        const bool more = burst_ < bits<12, 8>(at(dcr));
        ++burst_;
        if (target != dmar)
            write(target, value);
        if (more)
            pulse(dma_up);
        return false;
    }
    if (offset == cr1 && (value & cr1_cms) == 0 && mode() == Mode::centre)
        position_.down = false;
    return true;
}

void Timer::written(u32 offset, u32 value) {
    switch (offset) {
    case cr1:
        update_trgo_level();
        break;
    case egr:
        if ((value & flag_update) != 0) {
            update_event(true);
            if (has(cr1, cr1_udis))
                reload_ = has(cr1, cr1_arpe) ? reload_ : at(arr);
            position_ = {mode() == Mode::down ? reload_ : 0, mode() == Mode::down};
            since_ = around.now();
            prescaled_ = 0;
            pulse_trgo(0);
        }
        for (unsigned channel = 0; channel < std::min(channels_, 4u); ++channel)
            if ((value & flag_cc1 << channel) != 0) {
                if (is_output(channel))
                    at(sr) |= flag_cc1 << channel;
                else
                    capture_event(channel);
            }
        if ((value & flag_trigger) != 0 && channels_ > 1) {
            at(sr) |= flag_trigger;
            request(dma_trig, dier_tde);
        }
        if (break_ && (value & flag_com) != 0) {
            at(sr) |= flag_com;
            request(dma_com, dier_comde);
        }
        if (break_ && (value & flag_break) != 0)
            break_event();
        break;
    case cnt:
        position_.count = value & limit_;
        since_ = around.now();
        break;
    case arr:
        if (!has(cr1, cr1_arpe))
            reload_ = at(arr);
        break;
    default:
        if (offset >= ccr1 && offset <= ccr4) {
            const unsigned channel = (offset - ccr1) / 4;
            const u32 preload = at(channel < 2 ? ccmr1 : ccmr2) >> (8 * (channel & 1) + 3) & 1;
            if (preload == 0 || !is_output(channel))
                active_[channel] = at(offset) & limit_;
        } else if (offset == ccr5 || offset == ccr6) {
            active_[offset == ccr5 ? 4 : 5] = at(offset) & 0xFFFF;
        }
    }
    if (edge_due_ == never && channels_ > 0 && channels_ < 3)
        next_edge(around.now());
    refresh_outputs();
    refresh_interrupts();
    replan();
}

void Timer::after_clock_change() {
    const Rate rate = clocks_.timer_rate(name);
    if (rate == rate_ && around.is_stopped() == stopped_)
        return;
    rate_ = rate;
    stopped_ = around.is_stopped();
    since_ = around.now();
    replan();
}

void Timer::fields(State& state) {
    RegisterBlock::fields(state);
    state(rate_.cycles, 1);
    state(rate_.ticks, 1);
    state(prescaler_);
    state(reload_, limit_);
    state(active_);
    state(repetitions_);
    state(position_.count);
    state(position_.down);
    state(since_, around.now());
    state(prescaled_);
    state(reference_);
    state.outside(inputs_);
    state.outside(trigger_inputs_);
    state(captures_);
    state(burst_);
    state(stopped_);
    state(edge_due_, never);
    state(edge_remainder_);
}

} // namespace tinysim
