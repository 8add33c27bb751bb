#include "nvic.hpp"

namespace tinysim::nvic {

u32 read(const Exceptions& state, u32 offset) {
    if (offset >= priority_registers) {
        u32 value = 0;
        for (u32 i = 0; i < 4; ++i)
            if (const u32 number = 16 + offset - priority_registers + i; number < Exceptions::count)
                value |= u32{state.priorities[number]} << 8 * i;
        return value;
    }
    u32 value = 0;
    const u32 lowest = 16 + (offset & 0x1C) * 8;
    for (u32 i = 0; i < 32; ++i) {
        const u32 number = lowest + i;
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

void write(Exceptions& state, u32 offset, u32 value) {
    if (offset >= priority_registers) {
        for (u32 i = 0; i < 4; ++i)
            if (const u32 number = 16 + offset - priority_registers + i; number < Exceptions::count)
                state.priorities[number] = static_cast<u8>(value >> 8 * i & 0xF0);
        return;
    }
    const u32 lowest = 16 + (offset & 0x1C) * 8;
    for (u32 i = 0; i < 32; ++i) {
        const u32 number = lowest + i;
        if ((value >> i & 1) == 0 || number >= Exceptions::count)
            continue;
        switch (offset & ~0x7Fu) {
        case 0x100:
            state.enabled.set(number);
            break;
        case 0x180:
            state.enabled.set(number, false);
            break;
        case 0x200:
            state.pend(number);
            break;
        case 0x280:
            state.pending.set(number, state.line[number]);
            break;
        default:
            break;
        }
    }
}

} // namespace tinysim::nvic
