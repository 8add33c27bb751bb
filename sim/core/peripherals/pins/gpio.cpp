#include "gpio.hpp"

#include <bit>
#include <cstdio>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    moder = 0x00,
    otyper = 0x04,
    ospeedr = 0x08,
    pupdr = 0x0C,
    idr = 0x10,
    odr = 0x14,
    bsrr = 0x18,
    lckr = 0x1C,
    afrl = 0x20,
    afrh = 0x24,
    brr = 0x28,
};

constexpr u32 lckr_lckk = 1u << 16;
enum Mode : u32 { input_mode, output_mode, alternate_mode, analog_mode };

RegisterMap registers(const Site& site) {
    return {
        {0x00, "MODER", site.number("modeResetValue", 0xFFFFFFFF)},
        {0x04, "OTYPER", 0, modelled, 16},
        {0x08, "OSPEEDR", site.number("outputSpeedResetValue", 0), stored},
        {0x0C, "PUPDR", site.number("pullUpPullDownResetValue", 0)},
        {0x10, "IDR", 0, status},
        {0x14, "ODR", 0, modelled, 16},
        {0x18, "BSRR", 0, order},
        {0x1C, "LCKR", 0, {{"LCK", 15, 0}, {"LCKK", 16, status}}},
        {0x20, "AFRL"},
        {0x24, "AFRH"},
        {0x28, "BRR", 0, order},
    };
}

/// Two bits for each pin of `pins`.
u32 in_pairs(u32 pins) {
    u32 result = 0;
    for (unsigned pin = 0; pin < 16; ++pin)
        result |= (pins >> pin & 1) * 3u << 2 * pin;
    return result;
}

/// Four bits for each pin of `pins`.
u32 in_nibbles(u32 pins) {
    u32 result = 0;
    for (unsigned pin = 0; pin < 8; ++pin)
        result |= (pins >> pin & 1) * 15u << 4 * pin;
    return result;
}

const Registered model{"GPIOPort.STM32_GPIOPort", make<Gpio>};

} // namespace

Gpio::Gpio(const Site& site) : RegisterBlock(site.name, site.around, registers(site)) {}

u32 Gpio::function(unsigned pin) const { return at(pin < 8 ? afrl : afrh) >> 4 * (pin % 8) & 15; }

std::optional<bool> Gpio::driven(unsigned pin) const {
    return (driven_ >> pin & 1) != 0 ? std::optional((driven_high_ >> pin & 1) != 0) : std::nullopt;
}

std::optional<bool> Gpio::pushed(unsigned pin) const {
    const u32 mode = at(moder) >> 2 * pin & 3;
    bool own = (at(odr) >> pin & 1) != 0;
    bool drives = mode == output_mode;
    if (mode == alternate_mode) {
        drives = (alternate_driven_[pin] >> function(pin) & 1) != 0;
        own = (alternate_levels_[pin] >> function(pin) & 1) != 0;
    }
    // An open-drain output that does not pull down leaves the pin to what is outside.
    const bool pushes = drives && ((at(otyper) >> pin & 1) == 0 || !own);
    return pushes ? std::optional(own) : std::nullopt;
}

u32 Gpio::levels() const {
    u32 result = 0;
    for (unsigned pin = 0; pin < 16; ++pin) {
        const bool pulled_up = (at(pupdr) >> 2 * pin & 3) == 1;
        const bool level = pushed(pin).value_or(driven(pin).value_or(pulled_up));
        result |= level ? 1u << pin : 0;
    }
    return result;
}

/// Tells each new level once, even if who hears of one changes another.
void Gpio::update() {
    while (const u32 changed = levels_ ^ levels()) {
        const auto pin = static_cast<unsigned>(std::countr_zero(changed));
        levels_ ^= 1u << pin;
        const bool level = (levels_ >> pin & 1) != 0;
        on_edge(pin, level);
        drive(static_cast<int>(pin), level);
        if ((at(moder) >> 2 * pin & 3) == alternate_mode)
            drive(static_cast<int>(16 * function(pin) + pin), level);
    }
    on_update();
}

void Gpio::input(int line, bool level) {
    const auto pin = static_cast<unsigned>(line) % 16;
    const auto alternate = static_cast<unsigned>(line) / 16;
    if (alternate == 0)
        set_input(pin, level);
    else
        set_alternate(pin, alternate % 16, level);
}

void Gpio::released(int line) {
    const auto pin = static_cast<unsigned>(line) % 16;
    const auto alternate = static_cast<unsigned>(line) / 16;
    if (alternate == 0)
        return release(pin);
    const u16 mask = static_cast<u16>(1u << alternate % 16);
    if ((alternate_driven_[pin] & mask) == 0)
        return;
    alternate_driven_[pin] &= static_cast<u16>(~mask);
    update();
}

int Gpio::output(const std::string& output_name) const {
    int alternate = 0;
    int pin = 0;
    if (std::sscanf(output_name.c_str(), "af%d_%d", &alternate, &pin) == 2)
        return 16 * alternate + pin;
    return Peripheral::output(output_name);
}

void Gpio::set_input(unsigned pin, bool level) {
    driven_ |= 1u << pin;
    driven_high_ = (driven_high_ & ~(1u << pin)) | (level ? 1u << pin : 0);
    update();
}

void Gpio::release(unsigned pin) {
    driven_ &= ~(1u << pin);
    update();
}

void Gpio::set_alternate(unsigned pin, unsigned function, bool level) {
    const u16 mask = static_cast<u16>(1u << function);
    const bool known = (alternate_driven_[pin] & mask) != 0;
    alternate_driven_[pin] |= mask;
    if (known && ((alternate_levels_[pin] & mask) != 0) == level)
        return;
    alternate_levels_[pin] =
        static_cast<u16>(level ? alternate_levels_[pin] | mask : alternate_levels_[pin] & ~mask);
    update();
}

u32 Gpio::reading(u32 offset) {
    if (offset == idr) {
        // An analog pin's Schmitt trigger is off.
        u32 analog_pins = 0;
        for (unsigned pin = 0; pin < 16; ++pin)
            analog_pins |= (at(moder) >> 2 * pin & 3) == analog_mode ? 1u << pin : 0;
        return levels_ & ~analog_pins;
    }
    return at(offset);
}

/// LCKR's sequence: LCKK with the pins written as 1, 0 and 1 locks them until the next reset.
void Gpio::advance_lock(u32 value) {
    static constexpr bool wanted[] = {true, false, true};
    const bool key = (value & lckr_lckk) != 0;
    const bool same = lock_step_ == 0 || (value & 0xFFFF) == (at(lckr) & 0xFFFF);
    lock_step_ = key == wanted[lock_step_] && same ? lock_step_ + 1 : (key ? 1u : 0u);
    if (lock_step_ == 3) {
        at(lckr) |= lckr_lckk;
        lock_step_ = 0;
    }
}

bool Gpio::writing(u32 offset, u32& value) {
    if (offset == lckr) {
        if (has(lckr, lckr_lckk))
            return false;
        const u32 before = lock_step_;
        advance_lock(value);
        return before == 0;
    }
    if (const u32 locked = has(lckr, lckr_lckk) ? at(lckr) & 0xFFFF : 0; locked != 0) {
        const auto keep = [&](u32 mask) { value = (value & ~mask) | (at(offset) & mask); };
        if (offset == moder || offset == ospeedr || offset == pupdr)
            keep(in_pairs(locked));
        else if (offset == otyper)
            keep(locked);
        else if (offset == afrl || offset == afrh)
            keep(in_nibbles(offset == afrl ? locked & 0xFF : locked >> 8));
    }
    return true;
}

void Gpio::written(u32 offset, u32 value) {
    if (offset == bsrr) // setting wins
        at(odr) = (at(odr) & ~(value >> 16)) | (value & 0xFFFF);
    else if (offset == brr)
        at(odr) &= ~value;
    update();
}

void Gpio::fields(State& state) {
    RegisterBlock::fields(state);
    state.outside(driven_);
    state.outside(driven_high_);
    state.outside(alternate_levels_);
    state.outside(alternate_driven_);
    state.outside(levels_);
    state(lock_step_);
}

} // namespace tinysim
