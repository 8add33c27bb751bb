#include "usart.hpp"

#include "usart_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace usart;

namespace {

/// Between two bytes for a receiver that works by interrupt: some 10 us at 120 MHz, room for
/// its handler and for the main loop that takes the byte on.
constexpr Cycles arrival_gap = 1200;

/// Filled places of a FIFO of eight at which a threshold of RXFTCFG or TXFTCFG is reached.
std::size_t threshold(u32 choice) {
    static constexpr std::size_t places[] = {1, 2, 4, 6, 7, 8};
    return places[std::min(choice, 5u)];
}

const Registered model{"UART.STM32F7_USART", make<Usart>};

} // namespace

Usart::Usart(const Site& site)
    : RegisterBlock(site.name, site.around, registers(site.flag("lowPowerMode"))),
      clocks_(site.clocks), low_power_(site.flag("lowPowerMode")) {}

int Usart::output(const std::string& name) const {
    return name == "dma_rx" ? dma_rx : name == "dma_tx" ? dma_tx : irq;
}

bool Usart::receiving() const { return has(cr1, cr1_ue) && has(cr1, cr1_re); }
bool Usart::transmitting() const { return has(cr1, cr1_ue) && has(cr1, cr1_te); }
std::size_t Usart::depth() const { return has(cr1, cr1_fifoen) ? 8 : 1; }

u32 Usart::baud() const {
    static constexpr u32 dividers[] = {1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256};
    const u32 division = at(brr);
    if (division == 0 || !has(cr1, cr1_ue))
        return 0;
    const u32 divider = at(presc) < 12 ? dividers[at(presc)] : 256;
    const u64 clock = clocks_.uart_clock(name) / divider;
    if (low_power_)
        return static_cast<u32>((clock * 256 + division / 2) / division);
    const bool over8 = has(cr1, cr1_over8);
    const u64 ticks = std::max(over8 ? (division & ~0xFu) | (division & 7) << 1 : division, 1u);
    return static_cast<u32>((clock * (over8 ? 2 : 1) + ticks / 2) / ticks);
}

Cycles Usart::bit_cycles(u32 bits) const {
    const u32 rate = baud();
    return rate == 0 ? 1 : (u64{clocks_.hclk()} * bits + rate / 2) / rate;
}

Cycles Usart::frame_cycles() const {
    const u32 data = has(cr1, cr1_m1) ? 7 : has(cr1, cr1_m0) ? 9 : 8;
    const u32 stop = bits<13, 12>(at(cr2)) == 2 ? 2 : 1;
    return bit_cycles(1 + data + stop);
}

/// Whether it works: in Stop, with UESM on a clock that goes on there.
bool Usart::is_awake() const {
    return !around.is_stopped() || (has(cr1, cr1_uesm) && clocks_.uart_clock_stays(name));
}

/// Whether bytes come while nobody looks at ISR: to an interrupt's handler, to DMA, in Stop, or
/// because the line does not wait.
bool Usart::takes_unasked() const {
    if (!receiving())
        return false;
    if (around.is_stopped())
        return is_awake();
    return paced || has(cr1, cr1_rxneie | cr1_rxffie) || has(cr3, cr3_dmar | cr3_rxftie);
}

u32 Usart::status() const {
    u32 value = flags_;
    if (!received_.empty())
        value |= isr_rxne;
    if (complete_)
        value |= isr_tc;
    if (to_send_.size() < depth())
        value |= isr_txe;
    if (has(cr1, cr1_fifoen)) {
        if (to_send_.empty())
            value |= isr_txfe;
        if (received_.size() >= depth())
            value |= isr_rxff;
        if (received_.size() >= threshold(bits<27, 25>(at(cr3))))
            value |= isr_rxft;
        if (depth() - to_send_.size() >= threshold(bits<31, 29>(at(cr3))))
            value |= isr_txft;
    }
    if (transmitting())
        value |= isr_teack;
    if (receiving())
        value |= isr_reack;
    return value;
}

/// Whether a flag of ISR asks for an interrupt.
bool Usart::asks_for_interrupt(u32 flags) const {
    // These are enabled by the bit of CR1 that has their own place.
    constexpr u32 alike = isr_idle | isr_rxne | isr_tc | isr_txe;
    static_assert(alike == (cr1_idleie | cr1_rxneie | cr1_tcie | cr1_txeie));
    const u32 control1 = at(cr1);
    const u32 control3 = at(cr3);
    if ((flags & control1 & alike) != 0)
        return true;
    constexpr u32 others1 = cr1_cmie | cr1_rtoie | cr1_txfeie | cr1_rxffie;
    constexpr u32 others3 = cr3_rxftie | cr3_txftie | cr3_eie | cr3_wufie;
    if ((flags & isr_ore) == 0 && ((control1 & others1) | (control3 & others3)) == 0)
        return false;
    const auto asks = [flags](u32 flag, u32 control, u32 enable) {
        return (flags & flag) != 0 && (control & enable) != 0;
    };
    return asks(isr_cmf, control1, cr1_cmie) || asks(isr_rtof, control1, cr1_rtoie) ||
           asks(isr_txfe, control1, cr1_txfeie) || asks(isr_rxff, control1, cr1_rxffie) ||
           asks(isr_rxft, control3, cr3_rxftie) || asks(isr_txft, control3, cr3_txftie) ||
           asks(isr_ore, control1, cr1_rxneie) || asks(isr_ore, control3, cr3_eie) ||
           asks(isr_wuf, control3, cr3_wufie);
}

/// Sets the interrupt and request lines and the next time to act.
void Usart::update() {
    const u32 flags = status();
    drive(irq, asks_for_interrupt(flags));
    const bool asks_rx = (flags & isr_rxne) != 0 && has(cr3, cr3_dmar);
    const bool asks_tx = (flags & isr_txe) != 0 && has(cr3, cr3_dmat) && transmitting();
    if (asks_rx || asks_tx || may_ask_dma_) { // most ports work without it
        drive(dma_rx, asks_rx);
        drive(dma_tx, asks_tx);
        may_ask_dma_ = asks_rx || asks_tx;
    }
    if (incoming_.empty() || (!paced && received_.size() >= depth()) || !takes_unasked())
        next_arrival_ = never;
    else if (next_arrival_ == never)
        next_arrival_ = around.now() + (paced ? frame_cycles() : arrival_gap);
    schedule(std::min({wire_free_, next_arrival_, line_idle_, timed_out_}));
}

void Usart::receive() {
    const u8 byte = on_line(incoming_.front());
    incoming_.pop_front();
    take(byte);
    on_received(byte);
    if (byte == at(cr2) >> 24 && at(cr2) >> 24 != 0)
        flags_ |= isr_cmf;
    if (has(cr2, cr2_abren)) // the host speaks at the rate that BRR has already
        flags_ |= isr_abrf;
    const bool more = !incoming_.empty();
    line_idle_ = more ? never : around.now() + frame_cycles();
    timed_out_ =
        more || !has(cr2, cr2_rtoen) ? never : around.now() + bit_cycles(at(rtor) & 0xFFFFFF);
}

/// A byte has come over the line, whether there is room for it or not.
void Usart::take(u8 byte) {
    constexpr u32 on_match = 0, on_start = 2, on_data = 3; // CR3.WUS
    if (around.is_stopped()) {
        const u32 wakes = bits<21, 20>(at(cr3));
        if (wakes == on_start || wakes == on_data || (wakes == on_match && byte == (at(cr2) >> 24)))
            flags_ |= isr_wuf;
    }
    if (received_.size() < depth()) {
        received_.push_back(byte);
    } else if (has(cr3, cr3_ovrdis)) {
        received_.back() = byte;
    } else {
        flags_ |= isr_ore;
    }
}

void Usart::transmit_next() {
    if (to_send_.empty()) {
        on_wire_.reset();
        wire_free_ = never;
        complete_ = true;
        return;
    }
    on_wire_ = to_send_.front();
    to_send_.pop_front();
    wire_free_ = (wire_free_ == never ? around.now() : wire_free_) + frame_cycles();
}

/// A data register's byte as the other side takes it from the line, and the other way round.
u8 Usart::on_line(u32 byte) const {
    if (has(cr2, cr2_datainv))
        byte = ~byte;
    if (has(cr2, cr2_msbfirst)) {
        byte = (byte & 0x55) << 1 | (byte >> 1 & 0x55);
        byte = (byte & 0x33) << 2 | (byte >> 2 & 0x33);
        byte = (byte & 0x0F) << 4 | (byte >> 4 & 0x0F);
    }
    return static_cast<u8>(byte);
}

void Usart::on_due() {
    while (wire_free_ <= around.now()) {
        const Outgoing sent = *on_wire_;
        const u8 seen = on_line(sent.byte);
        if (sent_.size() < most_waiting)
            sent_.push_back(static_cast<char>(seen));
        transmit_next();
        if (has(cr3, cr3_hdsel) && receiving()) // one line: it hears itself
            take(static_cast<u8>(sent.byte));
        else if (has(cr2, cr2_clken) &&
                 receiving()) // its clock brings a frame of a line that rests
            take(0xFF);
        on_sent(seen, sent.written);
        if (device_) {
            const std::string answer = device_->hear(seen);
            host_sends(reinterpret_cast<const u8*>(answer.data()), answer.size());
        }
    }
    if (next_arrival_ <= around.now()) {
        next_arrival_ = never;
        if ((paced || received_.size() < depth()) && !incoming_.empty())
            receive();
    }
    if (line_idle_ <= around.now()) {
        line_idle_ = never;
        flags_ |= isr_idle;
    }
    if (timed_out_ <= around.now()) {
        timed_out_ = never;
        flags_ |= isr_rtof;
    }
    update();
}

/// Stop freezes a port whose clock stops, and the frame that it is sending.
void Usart::after_clock_change() {
    const bool frozen = !is_awake();
    if (frozen && !is_frozen_ && wire_free_ != never) {
        is_frozen_ = true;
        wire_left_ = wire_free_ - std::min(wire_free_, around.now());
        wire_free_ = never;
    } else if (!frozen && is_frozen_) {
        is_frozen_ = false;
        wire_free_ = around.now() + wire_left_;
    }
    next_arrival_ = never;
    update();
}

void Usart::host_sends(const u8* data, std::size_t size) {
    const std::size_t room = most_waiting - std::min(most_waiting, incoming_.size());
    incoming_.insert(incoming_.end(), data, data + std::min(size, room));
    update();
}

bool Usart::is_volatile(u32 offset) const {
    return offset == rdr ||
           (offset == isr && received_.empty() && !incoming_.empty() && receiving());
}

u32 Usart::reading(u32 offset) {
    switch (offset) {
    case isr:
        // A polled receiver is ready when it looks.
        if (received_.empty() && !incoming_.empty() && receiving() && !takes_unasked() &&
            !around.is_stopped()) {
            receive();
            update();
        }
        return status();
    case rdr:
        if (!received_.empty()) {
            last_received_ = received_.front();
            received_.pop_front();
        }
        update();
        return last_received_;
    default:
        return at(offset);
    }
}

bool Usart::writing(u32 offset, u32& value) {
    if (offset == cr1 && (value & cr1_ue) == 0 &&
        has(cr1, cr1_ue)) { // off: its states are those after reset
        received_.clear();
        to_send_.clear();
        flags_ = 0;
        line_idle_ = timed_out_ = never;
    }
    return offset != tdr || transmitting();
}

void Usart::written(u32 offset, u32 value) {
    switch (offset) {
    case rqr:
        if ((value & rqr_abrrq) != 0)
            flags_ &= ~isr_abrf;
        if ((value & rqr_rxfrq) != 0)
            received_.clear();
        if ((value & rqr_txfrq) != 0)
            to_send_.clear();
        break;
    case icr:
        flags_ &= ~value | isr_abrf;
        if ((value & icr_tccf) != 0)
            complete_ = false;
        break;
    case tdr:
        complete_ = false;
        if (to_send_.size() == depth())
            to_send_.pop_back();
        to_send_.push_back({value & 0xFF, around.moment()});
        if (!on_wire_)
            transmit_next();
        break;
    default:
        break;
    }
    update();
}

void Usart::fields(State& state) {
    RegisterBlock::fields(state);
    state(complete_, true);
    state.list(received_);
    state(last_received_);
    state.list(to_send_);
    state.optional(on_wire_);
    state(wire_free_, never);
    state(next_arrival_, never);
    state(line_idle_, never);
    state(timed_out_, never);
    state(flags_);
    state(is_frozen_);
    state(wire_left_);
    state.outside(incoming_);
    if (state.resets() == Reset::power_on)
        incoming_.clear(); // was for a firmware that runs no more
    state.outside(sent_);
}

} // namespace tinysim
