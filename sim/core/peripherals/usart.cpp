#include "usart.hpp"

#include <algorithm>

namespace tinysim {
namespace {

enum Offset : u32 {
    cr1 = 0x00,
    cr2 = 0x04,
    cr3 = 0x08,
    brr = 0x0C,
    gtpr = 0x10,
    rtor = 0x14,
    rqr = 0x18,
    isr = 0x1C,
    icr = 0x20,
    rdr = 0x24,
    tdr = 0x28,
    presc = 0x2C,
};

constexpr u32 cr1_ue = 1u << 0;
constexpr u32 cr1_re = 1u << 2;
constexpr u32 cr1_te = 1u << 3;
constexpr u32 cr1_rxneie = 1u << 5;
constexpr u32 cr1_tcie = 1u << 6;
constexpr u32 cr1_txeie = 1u << 7;
constexpr u32 cr1_fifoen = 1u << 29;
constexpr u32 isr_rxne = 1u << 5;
constexpr u32 isr_tc = 1u << 6;
constexpr u32 isr_txe = 1u << 7;
constexpr u32 isr_teack = 1u << 21;
constexpr u32 isr_reack = 1u << 22;
constexpr u32 isr_txfe = 1u << 23;
constexpr u32 rqr_rxfrq = 1u << 3;
constexpr u32 rqr_txfrq = 1u << 4;
constexpr u32 icr_tccf = 1u << 6;

/// Between two bytes for a receiver that works by interrupt: some 10 us at 120 MHz, room for
/// its handler and for the main loop that takes the byte on.
constexpr Cycles arrival_gap = 1200;

const Registered model{"UART.STM32F7_USART", make<Usart>};

} // namespace

Usart::Usart(const Site& site)
    : Peripheral(site.name, site.around), clocks_(site.clocks),
      low_power_(site.flag("lowPowerMode")) {}

bool Usart::receiving() const { return (cr1_ & cr1_ue) != 0 && (cr1_ & cr1_re) != 0; }
bool Usart::transmitting() const { return (cr1_ & cr1_ue) != 0 && (cr1_ & cr1_te) != 0; }
std::size_t Usart::depth() const { return (cr1_ & cr1_fifoen) != 0 ? 8 : 1; }

u32 Usart::baud() const {
    static constexpr u32 dividers[] = {1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256};
    if (brr_ == 0 || (cr1_ & cr1_ue) == 0)
        return 0;
    const u32 divider = presc_ < 12 ? dividers[presc_] : 256;
    const u64 clock = clocks_.uart_clock(name) / divider;
    if (low_power_)
        return static_cast<u32>((clock * 256 + brr_ / 2) / brr_);
    const bool over8 = (cr1_ & 1u << 15) != 0;
    const u64 division = over8 ? (brr_ & ~0xFu) | (brr_ & 7) << 1 : brr_;
    return static_cast<u32>((clock * (over8 ? 2 : 1) + division / 2) / std::max(division, u64{1}));
}

Cycles Usart::frame_cycles() const {
    const u32 rate = baud();
    if (rate == 0)
        return 1;
    const bool m0 = (cr1_ & 1u << 12) != 0;
    const bool m1 = (cr1_ & 1u << 28) != 0;
    const u32 data = m1 ? 7 : m0 ? 9 : 8;
    const u32 stop = bits<13, 12>(cr2_) == 2 ? 2 : 1;
    return (u64{clocks_.hclk()} * (1 + data + stop) + rate / 2) / rate;
}

u32 Usart::status() const {
    u32 value = 0;
    if (received_)
        value |= isr_rxne;
    if (complete_)
        value |= isr_tc;
    if (to_send_.size() < depth())
        value |= isr_txe;
    if (to_send_.empty() && (cr1_ & cr1_fifoen) != 0)
        value |= isr_txfe;
    if (transmitting())
        value |= isr_teack;
    if (receiving())
        value |= isr_reack;
    return value;
}

/// Sets the interrupt line and the next time to act.
void Usart::update() {
    const u32 flags = status();
    const bool level = ((flags & isr_rxne) != 0 && (cr1_ & cr1_rxneie) != 0) ||
                       ((flags & isr_tc) != 0 && (cr1_ & cr1_tcie) != 0) ||
                       ((flags & isr_txe) != 0 && (cr1_ & cr1_txeie) != 0);
    drive(0, level);
    const bool by_interrupt = receiving() && (cr1_ & cr1_rxneie) != 0;
    if (!by_interrupt || incoming_.empty() || received_)
        next_arrival_ = never;
    else if (next_arrival_ == never)
        next_arrival_ = around.now() + arrival_gap;
    schedule(std::min(wire_free_, next_arrival_));
}

void Usart::receive() {
    received_ = incoming_.front();
    last_received_ = *received_;
    incoming_.pop_front();
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

void Usart::on_due() {
    while (wire_free_ <= around.now()) {
        const Outgoing sent = *on_wire_;
        if (sent_.size() < most_waiting)
            sent_.push_back(static_cast<char>(sent.byte));
        transmit_next();
        on_sent(static_cast<u8>(sent.byte), sent.written);
    }
    if (next_arrival_ <= around.now()) {
        next_arrival_ = never;
        if (!received_ && !incoming_.empty())
            receive();
    }
    update();
}

void Usart::host_sends(const u8* data, std::size_t size) {
    const std::size_t room = most_waiting - std::min(most_waiting, incoming_.size());
    incoming_.insert(incoming_.end(), data, data + std::min(size, room));
    update();
}

bool Usart::is_volatile(u32 offset) const {
    return offset == rdr || (offset == isr && !received_ && !incoming_.empty() && receiving());
}

u32 Usart::read(u32 offset) {
    switch (offset) {
    case cr1:
        return cr1_;
    case cr2:
        return cr2_;
    case cr3:
        return cr3_;
    case brr:
        return brr_;
    case gtpr:
        return gtpr_;
    case rtor:
        return rtor_;
    case presc:
        return presc_;
    case isr:
        // A polled receiver is ready when it looks.
        if (!received_ && !incoming_.empty() && receiving() && (cr1_ & cr1_rxneie) == 0)
            receive();
        return status();
    case rdr:
        received_.reset();
        update();
        return last_received_;
    default:
        return 0;
    }
}

void Usart::write(u32 offset, u32 value) {
    switch (offset) {
    case cr1:
        cr1_ = value;
        break;
    case cr2:
        cr2_ = value;
        break;
    case cr3:
        cr3_ = value;
        break;
    case brr:
        brr_ = value & (low_power_ ? 0xFFFFF : 0xFFFF);
        break;
    case gtpr:
        gtpr_ = value;
        break;
    case rtor:
        rtor_ = value;
        break;
    case presc:
        presc_ = value & 15;
        break;
    case rqr:
        if ((value & rqr_rxfrq) != 0)
            received_.reset();
        if ((value & rqr_txfrq) != 0)
            to_send_.clear();
        break;
    case icr:
        if ((value & icr_tccf) != 0)
            complete_ = false;
        break;
    case tdr:
        if (!transmitting())
            return;
        complete_ = false;
        if (to_send_.size() == depth())
            to_send_.pop_back();
        to_send_.push_back({value & 0xFF, around.moment()});
        if (!on_wire_)
            transmit_next();
        break;
    default:
        return;
    }
    update();
}

u32 Usart::merge_base(u32 offset) { return offset <= brr ? read(offset) : 0; }

void Usart::fields(State& state) {
    for (u32* value : {&cr1_, &cr2_, &cr3_, &brr_, &presc_, &gtpr_, &rtor_})
        state(*value);
    state(complete_, true);
    state.optional(received_);
    state(last_received_);
    state.list(to_send_);
    state.optional(on_wire_);
    state(wire_free_, never);
    state(next_arrival_, never);
    state.outside(incoming_);
    state.outside(sent_);
}

} // namespace tinysim
