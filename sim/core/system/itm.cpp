#include "itm.hpp"

#include "component_ids.hpp"

#include <algorithm>

namespace tinysim {
namespace {

enum Offset : u32 {
    itm_stim31 = 0x07C,
    itm_ter = 0xE00,
    itm_tpr = 0xE40,
    itm_tcr = 0xE80,
    itm_lar = 0xFB0,
    itm_lsr = 0xFB4,
};

constexpr u32 tcr_itmena = 1u << 0;
constexpr u32 tcr_tsena = 1u << 1;
constexpr unsigned tcr_tsprescale = 8;
constexpr u32 tcr_txena = 1u << 3;
constexpr u32 tcr_mask = 0x007F0F1F;
constexpr u32 lar_key = 0xC5ACCE55;
constexpr u32 fifo_ready = 1;
constexpr std::size_t longest = 10; ///< a word and its time, in bytes
constexpr u32 all_ports = ~0u;

} // namespace

bool Itm::is_on(unsigned port) const {
    return bit<24>(core_.exceptions.demcr) && (control_ & tcr_itmena) != 0 &&
           (enables_ >> port & 1) != 0;
}

/// A software source packet: the port and the size in its first byte.
void Itm::send(unsigned port, u32 value, unsigned size) {
    if (!is_on(port) || packets.size() + longest > most_packets)
        return;
    packets += static_cast<char>(port << 3 | (size == 4 ? 3 : size));
    for (unsigned i = 0; i < size; ++i)
        packets += static_cast<char>(value >> 8 * i);
    if ((control_ & tcr_tsena) != 0)
        stamp();
}

/// A local timestamp: the time since the last one, in one byte if it is short (D4.2.4).
void Itm::stamp() {
    constexpr u32 longest_short = 6;
    constexpr u32 most = (1u << 28) - 1;
    const Cycles now = around.now();
    const unsigned prescale = 2 * (control_ >> tcr_tsprescale & 3); // by 1, 4, 16 or 64
    u32 left = static_cast<u32>(std::min<Cycles>((now - stamped_) >> prescale, most));
    stamped_ = now;
    if (left >= 1 && left <= longest_short) {
        packets += static_cast<char>(left << 4);
        return;
    }
    packets += static_cast<char>(0xC0);
    for (; left >= 0x80; left >>= 7)
        packets += static_cast<char>(0x80 | (left & 0x7F));
    packets += static_cast<char>(left);
}

u32 Itm::read(u32 offset) {
    if (offset <= itm_stim31)
        return is_on(offset / 4) ? fifo_ready : 0;
    switch (offset) {
    case itm_ter:
        return enables_;
    case itm_tpr:
        return privileges_;
    case itm_tcr:
        return control_;
    case itm_lsr:
        return 1 | (locked_ && !core_.debugging.by_probe ? 2u : 0);
    default:
        return component_id(Component::itm, offset);
    }
}

void Itm::write(u32 offset, u32 value) {
    if (offset <= itm_stim31)
        return send(offset / 4, value, 4);
    if (offset == itm_lar)
        locked_ = value != lar_key;
    if (locked_ && !core_.debugging.by_probe)
        return;
    switch (offset) {
    case itm_ter:
        enables_ = value;
        break;
    case itm_tpr:
        privileges_ = value & 0xF;
        break;
    case itm_tcr:
        control_ = value & tcr_mask;
        break;
    default:
        break;
    }
}

void Itm::write_part(u32 offset, u32 value, unsigned size) {
    if (offset <= itm_stim31 + 3)
        return send(offset / 4, value, size);
    Peripheral::write_part(offset, value, size);
}

/// The host as a debugger listens to all ports.
void Itm::after_reset() {
    if (!core_.debugging.host)
        return;
    control_ |= tcr_itmena | tcr_txena;
    enables_ = all_ports;
}

void Itm::fields(State& state) {
    state.kept(enables_);
    state.kept(privileges_);
    state.kept(control_);
    state.kept(locked_, true);
    state.kept(stamped_);
}

} // namespace tinysim
