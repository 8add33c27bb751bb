#include "control_block.hpp"

namespace tinysim {
namespace {

enum Offset : u32 {
    cpuid = 0xD00,
    icsr_offset = 0xD04,
    vtor = 0xD08,
    aircr = 0xD0C,
    scr = 0xD10,
    ccr = 0xD14,
    shpr1 = 0xD18,
    shpr3 = 0xD20,
    shcsr_offset = 0xD24,
    cfsr_offset = 0xD28,
    hfsr_offset = 0xD2C,
    dfsr = 0xD30,
    mmfar = 0xD34,
    bfar = 0xD38,
    cpacr = 0xD88,
    stir = 0xF00,
    fpccr = 0xF34,
    fpcar = 0xF38,
    fpdscr = 0xF3C,
    mvfr0 = 0xF40,
    mvfr1 = 0xF44,
};

constexpr u32 cortex_m4_r0p1 = 0x410FC241;
constexpr u32 vectkey = 0x05FA;

} // namespace

bool ControlBlock::has_priorities(u32 offset) { return offset >= shpr1 && offset <= shpr3; }

u32 ControlBlock::icsr() const {
    const Exceptions& state = exceptions_;
    u32 pending = 0;
    bool external = false;
    for (unsigned number = 2; number < Exceptions::count; ++number)
        if (state.pending[number]) {
            if (state.is_enabled(number) &&
                (pending == 0 || state.priority(number) < state.priority(pending)))
                pending = number;
            external = external || number >= 16;
        }
    return state.current | (state.active_count() <= 1 ? 1u << 11 : 0) | pending << 12 |
           (external ? 1u << 22 : 0) | (state.pending[15] ? 1u << 26 : 0) |
           (state.pending[14] ? 1u << 28 : 0) | (state.pending[2] ? 1u << 31 : 0);
}

u32 ControlBlock::shcsr() const {
    const Exceptions& state = exceptions_;
    const auto flag = [](bool set, unsigned position) { return set ? 1u << position : 0; };
    return state.shcsr_enables | flag(state.active[4], 0) | flag(state.active[5], 1) |
           flag(state.active[6], 3) | flag(state.active[11], 7) | flag(state.active[12], 8) |
           flag(state.active[14], 10) | flag(state.active[15], 11) | flag(state.pending[6], 12) |
           flag(state.pending[4], 13) | flag(state.pending[5], 14) | flag(state.pending[11], 15);
}

void ControlBlock::write_shcsr(u32 value) {
    Exceptions& state = exceptions_;
    state.shcsr_enables = value & 0x70000;
    state.active.set(4, bit<0>(value));
    state.active.set(5, bit<1>(value));
    state.active.set(6, bit<3>(value));
    state.active.set(11, bit<7>(value));
    state.active.set(12, bit<8>(value));
    state.active.set(14, bit<10>(value));
    state.active.set(15, bit<11>(value));
    state.pending.set(6, bit<12>(value));
    state.pending.set(4, bit<13>(value));
    state.pending.set(5, bit<14>(value));
    state.pending.set(11, bit<15>(value));
}

u32 ControlBlock::read(u32 offset) const {
    const Exceptions& state = exceptions_;
    switch (offset) {
    case cpuid:
        return cortex_m4_r0p1;
    case icsr_offset:
        return icsr();
    case vtor:
        return state.vtor;
    case aircr:
        return 0xFA050000 | state.prigroup << 8;
    case scr:
        return state.scr;
    case ccr:
        return state.ccr;
    case shpr1:
    case shpr1 + 4:
    case shpr3: {
        u32 value = 0;
        for (u32 i = 0; i < 4; ++i)
            value |= u32{state.priorities[4 + offset - shpr1 + i]} << 8 * i;
        return value;
    }
    case shcsr_offset:
        return shcsr();
    case cfsr_offset:
        return state.cfsr;
    case hfsr_offset:
        return state.hfsr;
    case dfsr:
        return state.dfsr;
    case mmfar:
        return state.mmfar;
    case bfar:
        return state.bfar;
    // ID registers of the Cortex-M4 (100166 table 4-1).
    case 0xD40:
        return 0x00000030;
    case 0xD44:
        return 0x00000200;
    case 0xD50:
        return 0x00100030;
    case 0xD58:
        return 0x01000000;
    case 0xD60:
        return 0x01101110;
    case 0xD64:
        return 0x02112000;
    case 0xD68:
        return 0x21232231;
    case 0xD6C:
        return 0x01111131;
    case 0xD70:
        return 0x01310132;
    case cpacr:
        return state.cpacr;
    case fpccr:
        return state.fpccr;
    case fpcar:
        return state.fpcar;
    case fpdscr:
        return state.fpdscr;
    case mvfr0:
        return 0x10110021;
    case mvfr1:
        return 0x11000011;
    default:
        return 0;
    }
}

bool ControlBlock::write(u32 offset, u32 value) {
    Exceptions& state = exceptions_;
    switch (offset) {
    case icsr_offset:
        if (bit<31>(value))
            state.pend(Exception::nmi);
        if (bit<28>(value))
            state.pend(Exception::pend_sv);
        if (bit<27>(value))
            state.pending.set(14, false);
        if (bit<26>(value))
            state.pend(Exception::sys_tick);
        if (bit<25>(value))
            state.pending.set(15, false);
        break;
    case vtor:
        state.vtor = value & 0xFFFFFF80;
        break;
    case aircr:
        if (value >> 16 != vectkey)
            break;
        state.prigroup = bits<10, 8>(value);
        if (bit<2>(value) || bit<0>(value)) {
            state.reset_requested = true;
            return true;
        }
        break;
    case scr:
        state.scr = value & 0x16;
        break;
    case ccr:
        state.ccr = value & 0x31B;
        break;
    case shpr1:
    case shpr1 + 4:
    case shpr3:
        for (u32 i = 0; i < 4; ++i)
            state.priorities[4 + offset - shpr1 + i] = static_cast<u8>(value >> 8 * i & 0xF0);
        break;
    case shcsr_offset:
        write_shcsr(value);
        break;
    case cfsr_offset:
        state.cfsr &= ~value;
        break;
    case hfsr_offset:
        state.hfsr &= ~value;
        break;
    case dfsr:
        state.dfsr &= ~value;
        break;
    case mmfar:
        state.mmfar = value;
        break;
    case bfar:
        state.bfar = value;
        break;
    case cpacr:
        state.cpacr = value & 0x00F00000;
        break;
    case stir:
        if (16 + (value & 0x1FF) < Exceptions::count)
            state.pend(16 + (value & 0x1FF));
        break;
    case fpccr:
        state.fpccr = value & 0xC000017B;
        break;
    case fpcar:
        state.fpcar = value & ~7u;
        break;
    case fpdscr:
        state.fpdscr = value & 0x07C00000;
        break;
    default:
        break;
    }
    return false;
}

} // namespace tinysim
