#include "register_block.hpp"
#include "registry.hpp"

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 { dr = 0x00, cr = 0x08, init = 0x10, pol = 0x14 };

constexpr u32 cr_reset = 1u << 0;
constexpr u32 cr_rev_out = 1u << 7;

RegisterMap registers() {
    return {
        {0x00, "DR", 0xFFFFFFFF, status},
        {0x04, "IDR"},
        {0x08,
         "CR",
         0,
         {{"RESET", 0, order}, {"POLYSIZE", 4, 3}, {"REV_IN", 6, 5}, {"REV_OUT", 7}}},
        {0x10, "INIT", 0xFFFFFFFF},
        {0x14, "POL", 0x04C11DB7},
    };
}

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

/// CRC calculation unit (RM0432 section 17): polynomials of 7, 8, 16 and 32 bits.
class Crc final : public RegisterBlock {
public:
    explicit Crc(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}
    void write_part(u32 offset, u32 value, unsigned size) override {
        if ((offset & ~3u) == dr)
            feed(value & ((1u << 8 * size) - 1), size);
        else
            Peripheral::write_part(offset, value, size);
    }

protected:
    u32 reading(u32 offset) override {
        return offset == dr && has(cr, cr_rev_out) ? reversed(at(dr), width()) : at(offset);
    }
    void written(u32 offset, u32 value) override {
        if (offset == dr)
            feed(value, 4);
        else if (offset == init)
            at(dr) = value;
        else if (offset == cr && (value & cr_reset) != 0)
            at(dr) = at(init) & mask();
    }

private:
    unsigned width() const {
        static constexpr unsigned widths[] = {32, 16, 8, 7};
        return widths[bits<4, 3>(at(cr))];
    }
    u32 mask() const { return static_cast<u32>((u64{1} << width()) - 1); }
    void feed(u32 value, unsigned size) {
        const u32 data = reverse_input(value, bits<6, 5>(at(cr)), size);
        u32& crc = at(dr);
        for (unsigned i = 8 * size; i-- > 0;) {
            const u32 top = crc >> (width() - 1) & 1;
            const u32 feedback = top ^ (data >> i & 1);
            crc = (crc << 1 ^ (feedback != 0 ? at(pol) : 0)) & mask();
        }
    }
};

const Registered model{"CRC.STM32_CRC", make<Crc>};

} // namespace
} // namespace tinysim
