#include "crc.hpp"

namespace tinysim {
namespace {

enum Offset : u32 { dr = 0x00, idr = 0x04, cr = 0x08, init = 0x10, pol = 0x14 };

u32 reversed(u32 value, unsigned width) {
    u32 result = 0;
    for (unsigned i = 0; i < width; ++i)
        result |= (value >> i & 1) << (width - 1 - i);
    return result;
}

/// REV_IN: bits are reversed within bytes, half-words or words.
u32 reverse_input(u32 value, unsigned mode, unsigned size) {
    const unsigned unit = mode == 0 ? 0 : 4u << mode; // 8, 16, 32
    if (unit == 0)
        return value;
    const unsigned width = 8 * size;
    const unsigned step = unit > width ? width : unit;
    u32 result = 0;
    for (unsigned at = 0; at < width; at += step)
        result |= reversed(value >> at & static_cast<u32>((u64{1} << step) - 1), step) << at;
    return result;
}

} // namespace

void Crc::reset() {
    value_ = init_ = 0xFFFFFFFF;
    idr_ = cr_ = 0;
    pol_ = 0x04C11DB7;
}

unsigned Crc::width() const {
    static constexpr unsigned widths[] = {32, 16, 8, 7};
    return widths[bits<4, 3>(cr_)];
}

void Crc::feed(u32 value, unsigned size) {
    const u32 data = reverse_input(value, bits<6, 5>(cr_), size);
    const unsigned bits_of_crc = width();
    const u32 mask = static_cast<u32>((u64{1} << bits_of_crc) - 1);
    for (unsigned i = 8 * size; i-- > 0;) {
        const u32 top = value_ >> (bits_of_crc - 1) & 1;
        const u32 feedback = top ^ (data >> i & 1);
        value_ = (value_ << 1 ^ (feedback != 0 ? pol_ : 0)) & mask;
    }
}

u32 Crc::read(u32 offset) {
    switch (offset) {
    case dr:
        return (cr_ & 1u << 7) != 0 ? reversed(value_, width()) : value_;
    case idr:
        return idr_;
    case cr:
        return cr_;
    case init:
        return init_;
    case pol:
        return pol_;
    default:
        return 0;
    }
}

void Crc::write(u32 offset, u32 value) {
    switch (offset) {
    case dr:
        feed(value, 4);
        break;
    case idr:
        idr_ = value;
        break;
    case cr:
        cr_ = value & 0xF8;
        if ((value & 1) != 0)
            value_ = init_ & static_cast<u32>((u64{1} << width()) - 1);
        break;
    case init:
        init_ = value_ = value;
        break;
    case pol:
        pol_ = value;
        break;
    default:
        break;
    }
}

void Crc::write_part(u32 offset, u32 value, unsigned size) {
    if ((offset & ~3u) == dr)
        feed(value & ((1u << 8 * size) - 1), size);
    else
        Peripheral::write_part(offset, value, size);
}

void Crc::save(Writer& out) const {
    for (const u32 value : {value_, idr_, cr_, init_, pol_})
        out(value);
}

void Crc::load(Reader& in) {
    for (u32* value : {&value_, &idr_, &cr_, &init_, &pol_})
        in(*value);
}

u32 Rng::read(u32 offset) {
    constexpr u32 enabled = 1u << 2;
    switch (offset) {
    case 0x00:
        return cr_;
    case 0x04:
        return (cr_ & enabled) != 0 ? 1 : 0; // DRDY
    case 0x08:
        if ((cr_ & enabled) == 0)
            return 0;
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return state_;
    default:
        return 0;
    }
}

} // namespace tinysim
