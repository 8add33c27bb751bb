#include "flash_interface.hpp"

namespace tinysim {
namespace {

enum Offset : u32 {
    acr_offset = 0x00,
    keyr = 0x08,
    sr = 0x10,
    cr = 0x14,
    optr = 0x20,
};

constexpr u32 cr_pg = 1u << 0;
constexpr u32 cr_per = 1u << 1;
constexpr u32 cr_mer1 = 1u << 2;
constexpr u32 cr_bker = 1u << 11;
constexpr u32 cr_mer2 = 1u << 15;
constexpr u32 cr_strt = 1u << 16;
constexpr u32 cr_lock = 1u << 31;
constexpr u32 sr_eop = 1u << 0;
constexpr u32 sr_pgserr = 1u << 7;
constexpr u32 optr_dbank = 1u << 22;
constexpr u32 factory_options = 0xFFEFF8AA;
constexpr u32 flash_base = 0x08000000;
constexpr u32 flash_size = 0x200000;

} // namespace

FlashInterface::FlashInterface(std::string name, Surroundings& around, Bus& bus,
                               const Clocks& clocks)
    : Stored(std::move(name), around), bus_(bus), clocks_(clocks) {
    bus.flash_written = [this](u32 address, unsigned size, u32 value) {
        return program(address, size, value);
    };
}

void FlashInterface::reset() {
    clear();
    at(acr_offset) = 0x600;
    at(cr) = 0xC0000000;
    at(optr) = factory_options;
    keys_ = 0;
    locked_ = true;
    half_row_ = false;
    acr_changed();
}

u32 FlashInterface::read(u32 offset) {
    switch (offset) {
    case keyr:
        return 0;
    case cr:
        return (at(cr) & ~cr_lock) | (locked_ ? cr_lock : 0);
    case optr:
        return (at(optr) & ~optr_dbank) | (dual_bank ? optr_dbank : 0);
    default:
        return at(offset);
    }
}

void FlashInterface::write(u32 offset, u32 value) {
    switch (offset) {
    case acr_offset:
        at(acr_offset) = value;
        check_latency();
        return acr_changed();
    case keyr:
        if (keys_ == 0 && value == 0x45670123)
            keys_ = 1;
        else if (keys_ == 1 && value == 0xCDEF89AB)
            locked_ = false, keys_ = 0;
        else
            keys_ = 0;
        return;
    case sr:
        at(sr) &= ~value;
        return;
    case cr:
        if (locked_)
            return;
        at(cr) = value & ~(cr_strt | cr_lock);
        if ((value & cr_strt) != 0)
            erase();
        locked_ = (value & cr_lock) != 0;
        return;
    case optr:
        return;
    default:
        at(offset) = value;
    }
}

/// A double word is programmed by two word writes, the low one first (RM0432 3.3.7).
bool FlashInterface::program(u32 address, unsigned size, u32 value) {
    if (locked_ || (at(cr) & cr_pg) == 0)
        return false;
    if (size != 4) {
        at(sr) |= sr_pgserr;
        return true;
    }
    if ((address & 4) == 0) {
        row_ = value;
        half_row_ = true;
        return true;
    }
    if (!half_row_) {
        at(sr) |= sr_pgserr;
        return true;
    }
    row_ |= u64{value} << 32;
    half_row_ = false;
    u8 bytes[8];
    std::memcpy(bytes, &row_, sizeof bytes);
    bus_.program(address - 4, bytes, sizeof bytes);
    at(sr) |= sr_eop;
    contents_changed();
    return true;
}

void FlashInterface::erase() {
    const u32 page_size = dual_bank ? 0x1000 : 0x2000;
    u32 first = flash_base;
    u32 last = flash_base;
    if ((at(cr) & cr_per) != 0) {
        first += bits<10, 3>(at(cr)) * page_size;
        if (dual_bank && (at(cr) & cr_bker) != 0)
            first += flash_size / 2;
        last = first + page_size;
    } else {
        if ((at(cr) & cr_mer1) != 0)
            last += flash_size / 2;
        if ((at(cr) & cr_mer2) != 0)
            last = flash_base + flash_size;
        if ((at(cr) & (cr_mer1 | cr_mer2)) == cr_mer2)
            first += flash_size / 2;
    }
    const std::vector<u8> blank(last - first, 0xFF);
    bus_.program(first, blank.data(), static_cast<u32>(blank.size()));
    at(sr) |= sr_eop;
    contents_changed();
}

/// Wait states too few for HCLK: 20 MHz for each access cycle in range 1 (RM0432 table 12).
void FlashInterface::check_latency() {
    const u32 latency = at(acr_offset) & 15;
    if (u64{clocks_.hclk()} > u64{latency + 1} * 20'000'000)
        around.report("flash", "FLASH_ACR.LATENCY too low for HCLK", 0x40022000, true);
}

void FlashInterface::save(Writer& out) const {
    Stored::save(out);
    out(keys_);
    out(locked_);
    out(row_);
    out(half_row_);
}

void FlashInterface::load(Reader& in) {
    Stored::load(in);
    in(keys_);
    in(locked_);
    in(row_);
    in(half_row_);
    acr_changed();
}

} // namespace tinysim
