#include "flash_interface.hpp"

#include "flash_registers.hpp"

#include <algorithm>

namespace tinysim {

using namespace flash;

/// A store to flash (RM0432 3.3.7): double words, by two word writes with the low one first.
void FlashInterface::store(u32 address, unsigned size, u32 value) {
    u32 offset = 0;
    bus_.memory_at(address, offset);
    wait_for_array();
    if (!has(cr, cr_pg | cr_fstpg) || has(sr, sr_errors))
        return fail(sr_pgserr);
    if (size != 4)
        return fail(sr_sizerr);
    if (is_write_protected(offset))
        return fail(sr_wrperr);
    if (has(cr, cr_fstpg))
        program_fast(offset, value);
    else
        program(*array(), offset, value, bank_of(offset));
}

/// A store to the one-time programmable bytes, which are bank 1's; false where there are none.
bool FlashInterface::store_once(u32 address, unsigned size, u32 value) {
    if (address - otp >= otp_bytes)
        return false;
    u32 offset = 0;
    Memory* const system = bus_.memory_at(address, offset);
    wait_for_array();
    if (!has(cr, cr_pg) || has(sr, sr_errors))
        fail(sr_pgserr);
    else if (size != 4)
        fail(sr_sizerr);
    else
        program(*system, offset, value, 1);
    return true;
}

void FlashInterface::program(Memory& memory, u32 offset, u32 value, u32 banks) {
    if (row_offset_ == never_offset) {
        if ((offset & 4) != 0)
            return fail(sr_pgaerr);
        row_offset_ = offset;
        row_ = value;
        return;
    }
    if (offset != row_offset_ + 4)
        return fail(sr_pgaerr);
    row_ |= u64{value} << 32;
    u8 bytes[8];
    std::memcpy(bytes, &row_, sizeof bytes);
    const auto target = memory.bytes.begin() + row_offset_;
    const bool erased = std::all_of(target, target + 8, [](u8 byte) { return byte == 0xFF; });
    // Its ECC lets a row be programmed once, and then to zeroes.
    if (!erased && row_ != 0)
        return fail(sr_progerr);
    std::copy(std::begin(bytes), std::end(bytes), target);
    occupy(banks, word_ps_);
    row_offset_ = never_offset;
}

/// A row of 64 double words, each word in its turn.
void FlashInterface::program_fast(u32 offset, u32 value) {
    if (offset % row_bytes != fast_count_ || (fast_count_ != 0 && offset != row_offset_)) {
        fast_count_ = 0;
        return fail(sr_pgaerr | sr_fasterr);
    }
    std::memcpy(fast_row_.data() + fast_count_, &value, 4);
    fast_count_ += 4;
    row_offset_ = offset + 4;
    if (fast_count_ < row_bytes)
        return;
    const u32 first = offset + 4 - row_bytes;
    std::copy(fast_row_.begin(), fast_row_.end(), array()->bytes.begin() + first);
    fast_count_ = 0;
    row_offset_ = never_offset;
    occupy(bank_of(first), row_ps_);
}

void FlashInterface::erase() {
    const u32 size = array() ? array()->size() : 0;
    u32 first = 0;
    u32 last = 0;
    if (!array() || has(sr, sr_errors) || !has(cr, cr_per | cr_mer1 | cr_mer2) || has(cr, cr_pg))
        return fail(sr_pgserr);
    if (has(cr, cr_per)) {
        first = bits<10, 3>(at(cr)) * page_size();
        if (dual_bank() && has(cr, cr_bker))
            first += size / 2;
        last = first + page_size();
    } else {
        first = has(cr, cr_mer1) ? 0 : size / 2;
        last = has(cr, cr_mer2) ? size : size / 2;
    }
    last = std::min(last, size);
    first = std::min(first, last);
    for (u32 page = first; page < last; page += page_size())
        if (is_write_protected(page))
            return fail(sr_wrperr);
    std::fill(array()->bytes.begin() + first, array()->bytes.begin() + last, u8{0xFF});
    const u32 banks = last == first ? 0 : bank_of(first) | bank_of(last - 1);
    occupy(banks, has(cr, cr_per) ? page_ps_ : bank_ps_);
}

} // namespace tinysim
