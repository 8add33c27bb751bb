#include "gpio.hpp"

namespace tinysim {
namespace {

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

} // namespace

void Gpio::reset() {
    moder_ = values_.moder;
    ospeedr_ = values_.ospeedr;
    pupdr_ = values_.pupdr;
    otyper_ = odr_ = lckr_ = afrl_ = afrh_ = 0;
    levels_ = levels();
}

u32 Gpio::levels() const {
    u32 result = 0;
    for (unsigned pin = 0; pin < 16; ++pin) {
        const u32 mode = moder_ >> 2 * pin & 3;
        const u32 pull = pupdr_ >> 2 * pin & 3;
        const bool outside = (driven_ >> pin & 1) != 0 ? (driven_high_ >> pin & 1) != 0 : pull == 1;
        // An open-drain output that does not pull down leaves the pin to what is outside.
        const bool pushes = mode == 1 && ((otyper_ >> pin & 1) == 0 || (odr_ >> pin & 1) == 0);
        const bool level = pushes ? (odr_ >> pin & 1) != 0 : outside;
        result |= level ? 1u << pin : 0;
    }
    return result;
}

void Gpio::update() {
    const u32 before = levels_;
    levels_ = levels();
    for (unsigned pin = 0; pin < 16; ++pin)
        if (((before ^ levels_) >> pin & 1) != 0) {
            const bool level = (levels_ >> pin & 1) != 0;
            on_edge(pin, level);
            drive(static_cast<int>(pin), level);
        }
}

void Gpio::set_input(unsigned pin, bool level) {
    driven_ |= 1u << pin;
    driven_high_ = (driven_high_ & ~(1u << pin)) | (level ? 1u << pin : 0);
    update();
}

u32 Gpio::read(u32 offset) {
    switch (offset) {
    case moder:
        return moder_;
    case otyper:
        return otyper_;
    case ospeedr:
        return ospeedr_;
    case pupdr:
        return pupdr_;
    case idr:
        return levels_;
    case odr:
        return odr_;
    case lckr:
        return lckr_;
    case afrl:
        return afrl_;
    case afrh:
        return afrh_;
    default:
        return 0;
    }
}

void Gpio::write(u32 offset, u32 value) {
    switch (offset) {
    case moder:
        moder_ = value;
        break;
    case otyper:
        otyper_ = value & 0xFFFF;
        break;
    case ospeedr:
        ospeedr_ = value;
        break;
    case pupdr:
        pupdr_ = value;
        break;
    case odr:
        odr_ = value & 0xFFFF;
        break;
    case bsrr:
        odr_ = (odr_ & ~(value >> 16)) | (value & 0xFFFF);
        break; // setting wins
    case brr:
        odr_ &= ~value;
        break;
    case lckr:
        lckr_ = value;
        break;
    case afrl:
        afrl_ = value;
        break;
    case afrh:
        afrh_ = value;
        break;
    default:
        return;
    }
    update();
}

void Gpio::save(Writer& out) const {
    for (const u32 value : {moder_, otyper_, ospeedr_, pupdr_, odr_, lckr_, afrl_, afrh_, driven_,
                            driven_high_, levels_})
        out(value);
}

void Gpio::load(Reader& in) {
    for (u32* value : {&moder_, &otyper_, &ospeedr_, &pupdr_, &odr_, &lckr_, &afrl_, &afrh_,
                       &driven_, &driven_high_, &levels_})
        in(*value);
}

} // namespace tinysim
