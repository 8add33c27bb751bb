#include "system_control.hpp"

#include "component_ids.hpp"

#include <utility>

namespace tinysim {
namespace {

/// Register offsets from 0xE000E000 (DDI0403 B3.2 to B3.5).
enum Offset : u32 {
    ictr = 0x004,
    actlr = 0x008,
    syst_csr = 0x010,
    syst_rvr = 0x014,
    syst_cvr = 0x018,
    syst_calib = 0x01C,
    nvic_first = 0x100,
    nvic_ipr = 0x400,
    nvic_last = 0x4FF,
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
    mpu_first = 0xD90,
    mpu_last = 0xDB8,
    debug_first = 0xDF0,
    demcr = 0xDFC,
    component_ids = 0xFD0,
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

void SystemControl::input(int line, bool level) {
    core_.exceptions.set_line(static_cast<unsigned>(line), level);
    if (level)
        core_.need_attention();
}

void SystemControl::stop_clock() {
    sys_tick_.stop(around.now());
    schedule(never);
    if (dwt_)
        dwt_->settle();
}

void SystemControl::start_clock() {
    sys_tick_.start(around.now());
    schedule(sys_tick_.due());
    if (dwt_)
        dwt_->restart();
}

void SystemControl::on_due() {
    while (sys_tick_.due() <= around.now())
        if (sys_tick_.on_due()) {
            core_.exceptions.pend(Exception::sys_tick);
            core_.need_attention();
        }
    schedule(sys_tick_.due());
}

bool SystemControl::take_reset_request() {
    return std::exchange(core_.exceptions.reset_requested, false);
}

u32 SystemControl::icsr() const {
    const Exceptions& state = core_.exceptions;
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

u32 SystemControl::shcsr() const {
    const Exceptions& state = core_.exceptions;
    const auto flag = [](bool set, unsigned position) { return set ? 1u << position : 0; };
    return state.shcsr_enables | flag(state.active[4], 0) | flag(state.active[5], 1) |
           flag(state.active[6], 3) | flag(state.active[11], 7) | flag(state.active[12], 8) |
           flag(state.active[14], 10) | flag(state.active[15], 11) | flag(state.pending[6], 12) |
           flag(state.pending[4], 13) | flag(state.pending[5], 14) | flag(state.pending[11], 15);
}

void SystemControl::write_shcsr(u32 value) {
    Exceptions& state = core_.exceptions;
    state.shcsr_enables = value & 0x70000;
    state.active[4] = bit<0>(value);
    state.active[5] = bit<1>(value);
    state.active[6] = bit<3>(value);
    state.active[11] = bit<7>(value);
    state.active[12] = bit<8>(value);
    state.active[14] = bit<10>(value);
    state.active[15] = bit<11>(value);
    state.pending[6] = bit<12>(value);
    state.pending[4] = bit<13>(value);
    state.pending[5] = bit<14>(value);
    state.pending[11] = bit<15>(value);
}

u32 SystemControl::read_nvic(u32 offset) const {
    const Exceptions& state = core_.exceptions;
    if (offset >= nvic_ipr) {
        u32 value = 0;
        for (u32 i = 0; i < 4; ++i)
            if (const u32 number = 16 + offset - nvic_ipr + i; number < Exceptions::count)
                value |= u32{state.priorities[number]} << 8 * i;
        return value;
    }
    u32 value = 0;
    const u32 first = 16 + (offset & 0x1C) * 8;
    for (u32 i = 0; i < 32; ++i) {
        const u32 number = first + i;
        if (number >= Exceptions::count)
            break;
        bool set = false;
        switch (offset & ~0x7Fu) {
        case 0x100:
        case 0x180:
            set = offset < 0x200 && state.enabled[number];
            break;
        case 0x200:
        case 0x280:
            set = state.pending[number];
            break;
        case 0x300:
            set = state.active[number];
            break;
        default:
            break;
        }
        value |= set ? 1u << i : 0;
    }
    return value;
}

void SystemControl::write_nvic(u32 offset, u32 value) {
    Exceptions& state = core_.exceptions;
    if (offset >= nvic_ipr) {
        for (u32 i = 0; i < 4; ++i)
            if (const u32 number = 16 + offset - nvic_ipr + i; number < Exceptions::count)
                state.priorities[number] = static_cast<u8>(value >> 8 * i & 0xF0);
        return;
    }
    const u32 first = 16 + (offset & 0x1C) * 8;
    for (u32 i = 0; i < 32; ++i) {
        const u32 number = first + i;
        if ((value >> i & 1) == 0 || number >= Exceptions::count)
            continue;
        switch (offset & ~0x7Fu) {
        case 0x100:
            state.enabled[number] = true;
            break;
        case 0x180:
            state.enabled[number] = false;
            break;
        case 0x200:
            state.pend(number);
            break;
        case 0x280:
            state.pending[number] = state.line[number];
            break;
        default:
            break;
        }
    }
}

u32 SystemControl::read_control_block(u32 offset) {
    const Exceptions& state = core_.exceptions;
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

void SystemControl::write_control_block(u32 offset, u32 value) {
    Exceptions& state = core_.exceptions;
    switch (offset) {
    case icsr_offset:
        if (bit<31>(value))
            state.pend(Exception::nmi);
        if (bit<28>(value))
            state.pend(Exception::pend_sv);
        if (bit<27>(value))
            state.pending[14] = false;
        if (bit<26>(value))
            state.pend(Exception::sys_tick);
        if (bit<25>(value))
            state.pending[15] = false;
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
            around.rescheduled();
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
}

u32 SystemControl::read(u32 offset) {
    switch (offset) {
    case ictr:
        return 2; // 96 interrupt lines
    case actlr:
        return actlr_;
    case syst_csr:
        return sys_tick_.read_control(around.now());
    case syst_rvr:
        return sys_tick_.reload();
    case syst_cvr:
        return sys_tick_.value(around.now());
    case syst_calib:
        return 0x4000270F; // RM0432: 1 ms at 80 MHz / 8, no reference clock
    default:
        break;
    }
    if (offset >= nvic_first && offset <= nvic_last)
        return read_nvic(offset);
    if (offset >= mpu_first && offset <= mpu_last)
        return core_.protection.mpu.read(offset - mpu_first);
    if (offset >= debug_first && offset <= demcr)
        return debug_.read(offset - debug_first);
    if (offset >= component_ids)
        return component_id(Component::system_control, offset);
    return read_control_block(offset);
}

void SystemControl::write(u32 offset, u32 value) {
    switch (offset) {
    case actlr:
        actlr_ = value;
        return;
    case syst_csr:
        sys_tick_.write_control(around.now(), value);
        return schedule(sys_tick_.due());
    case syst_rvr:
        sys_tick_.write_reload(around.now(), value);
        return schedule(sys_tick_.due());
    case syst_cvr:
        sys_tick_.clear_value(around.now());
        return schedule(sys_tick_.due());
    default:
        break;
    }
    if (offset >= nvic_first && offset <= nvic_last)
        write_nvic(offset, value);
    else if (offset >= mpu_first && offset <= mpu_last)
        core_.write_mpu(offset - mpu_first, value);
    else if (offset >= debug_first && offset <= demcr)
        write_debug(offset, value);
    else
        write_control_block(offset, value);
    core_.protect();
    core_.need_attention();
}

void SystemControl::write_debug(u32 offset, u32 value) {
    if (dwt_)
        dwt_->settle();
    debug_.write(offset - debug_first, value);
    if (dwt_)
        dwt_->arm(); // DEMCR.TRCENA may have changed
}

u32 SystemControl::merge_base(u32 offset) {
    const bool priorities =
        (offset >= nvic_ipr && offset <= nvic_last) || (offset >= shpr1 && offset <= shpr3);
    return priorities ? read(offset) : 0;
}

void SystemControl::fields(State& state) {
    state(sys_tick_);
    state(core_.protection.mpu);
    state(actlr_);
    debug_.fields(state);
}

} // namespace tinysim
