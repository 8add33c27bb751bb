#include "flash_interface.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    acr_offset = 0x00,
    keyr = 0x08,
    optkeyr = 0x0C,
    sr = 0x10,
    cr = 0x14,
    optr = 0x20,
    wrp1ar = 0x2C,
    wrp1br = 0x30,
    wrp2ar = 0x4C,
    wrp2br = 0x50,
};

constexpr u32 cr_pg = 1u << 0;
constexpr u32 cr_per = 1u << 1;
constexpr u32 cr_mer1 = 1u << 2;
constexpr u32 cr_bker = 1u << 11;
constexpr u32 cr_mer2 = 1u << 15;
constexpr u32 cr_strt = 1u << 16;
constexpr u32 cr_optstrt = 1u << 17;
constexpr u32 cr_fstpg = 1u << 18;
constexpr u32 cr_eopie = 1u << 24;
constexpr u32 cr_errie = 1u << 25;
constexpr u32 cr_obl_launch = 1u << 27;
constexpr u32 cr_optlock = 1u << 30;
constexpr u32 cr_lock = 1u << 31;
constexpr u32 sr_eop = 1u << 0;
constexpr u32 sr_operr = 1u << 1;
constexpr u32 sr_progerr = 1u << 3;
constexpr u32 sr_wrperr = 1u << 4;
constexpr u32 sr_pgaerr = 1u << 5;
constexpr u32 sr_sizerr = 1u << 6;
constexpr u32 sr_pgserr = 1u << 7;
constexpr u32 sr_fasterr = 1u << 9;
constexpr u32 sr_errors = 0x3F8;
constexpr u32 optr_dbank = 1u << 22;
constexpr u32 flash_base = 0x08000000;

constexpr u32 unprotected = 0xFF00FFFF; ///< WRPxyR with its start behind its end
constexpr u32 first_option = optr;

/// As they leave the factory (RM0432 3.4.1), from OPTR to WRP2BR.
constexpr std::array<u32, 13> factory = {0xFFEFF8AA, 0x1FFFF, 0, unprotected, unprotected, 0, 0, 0,
                                         0,          0x1FFFF, 0, unprotected, unprotected};

constexpr u32 from_factory(u32 offset) { return factory[(offset - first_option) / 4]; }

RegisterMap registers() {
    return {
        {0x00,
         "ACR",
         0x600,
         {{"LATENCY", 3, 0},
          {"PRFTEN", 8},
          {"ICEN", 9},
          {"DCEN", 10},
          {"ICRST", 11},
          {"DCRST", 12},
          {"RUN_PD", 13, stored},
          {"SLEEP_PD", 14, stored}}},
        {0x04, "PDKEYR", 0, order},
        {0x08, "KEYR", 0, order},
        {0x0C, "OPTKEYR", 0, order},
        {0x10,
         "SR",
         0,
         {{"EOP", 0, clear_by_1},
          {"OPERR", 1, clear_by_1},
          {"PROGERR", 3, clear_by_1},
          {"WRPERR", 4, clear_by_1},
          {"PGAERR", 5, clear_by_1},
          {"SIZERR", 6, clear_by_1},
          {"PGSERR", 7, clear_by_1},
          {"MISERR", 8, clear_by_1},
          {"FASTERR", 9, clear_by_1},
          {"RDERR", 14, clear_by_1},
          {"OPTVERR", 15, clear_by_1},
          {"BSY", 16, status},
          {"PEMPTY", 17, status}}},
        {0x14,
         "CR",
         0xC0000000,
         {{"PG", 0},
          {"PER", 1},
          {"MER1", 2},
          {"PNB", 10, 3},
          {"BKER", 11},
          {"MER2", 15},
          {"STRT", 16, order},
          {"OPTSTRT", 17, order},
          {"FSTPG", 18},
          {"EOPIE", 24},
          {"ERRIE", 25},
          {"RDERRIE", 26, unmodelled},
          {"OBL_LAUNCH", 27, order},
          {"OPTLOCK", 30, status},
          {"LOCK", 31, status}}},
        {0x18,
         "ECCR",
         0,
         {{"ADDR_ECC", 20, 0, status},
          {"BK_ECC", 21, status},
          {"SYSF_ECC", 22, status},
          {"ECCIE", 24, stored},
          {"ECCC2", 28, clear_by_1},
          {"ECCD2", 29, clear_by_1},
          {"ECCC", 30, clear_by_1},
          {"ECCD", 31, clear_by_1}}},
        {0x20,
         "OPTR",
         from_factory(0x20),
         {{"RDP", 7, 0, stored},
          {"BOR_LEV", 10, 8, stored},
          {"nRST_STOP", 12},
          {"nRST_STDBY", 13},
          {"nRST_SHDW", 14},
          {"IWDG_SW", 16},
          {"IWDG_STOP", 17},
          {"IWDG_STDBY", 18},
          {"WWDG_SW", 19},
          {"BFB2", 20, unmodelled},
          {"DB1M", 21, stored},
          {"DBANK", 22},
          {"nBOOT1", 23, stored},
          {"SRAM2_PE", 24, stored},
          {"SRAM2_RST", 25},
          {"nSWBOOT0", 26, unmodelled},
          {"nBOOT0", 27, stored}}},
        {0x24, "PCROP1SR", from_factory(0x24), {{"PCROP1_STRT", 16, 0, unmodelled}}},
        {0x28,
         "PCROP1ER",
         from_factory(0x28),
         {{"PCROP1_END", 16, 0, unmodelled}, {"PCROP_RDP", 31, stored}}},
        {0x2C, "WRP1AR", from_factory(0x2C), {{"WRP1A_STRT", 7, 0}, {"WRP1A_END", 23, 16}}},
        {0x30, "WRP1BR", from_factory(0x30), {{"WRP1B_STRT", 7, 0}, {"WRP1B_END", 23, 16}}},
        {0x44, "PCROP2SR", from_factory(0x44), {{"PCROP2_STRT", 16, 0, unmodelled}}},
        {0x48, "PCROP2ER", from_factory(0x48), {{"PCROP2_END", 16, 0, unmodelled}}},
        {0x4C, "WRP2AR", from_factory(0x4C), {{"WRP2A_STRT", 7, 0}, {"WRP2A_END", 23, 16}}},
        {0x50, "WRP2BR", from_factory(0x50), {{"WRP2B_STRT", 7, 0}, {"WRP2B_END", 23, 16}}},
        {0x130, "CFGR", 0, {{"LVEN", 0, stored}}},
    };
}

const Registered model{"Python.stm32l4_flash", make<FlashInterface>};

} // namespace

FlashInterface::FlashInterface(const Site& site)
    : RegisterBlock(site.name, site.around, registers()), bus_(site.around.memory()),
      clocks_(site.clocks), options_(factory) {
    bus_.flash_written = [this](u32 address, unsigned size, u32 value) {
        program(address, size, value);
    };
}

void FlashInterface::set_dual_bank(bool dual) {
    options_[0] = dual ? options_[0] | optr_dbank : options_[0] & ~optr_dbank;
    at(optr) = options_[0];
}

void FlashInterface::after_reset() {
    for (const Register& declared : map())
        if (declared.offset >= first_option && declared.offset <= wrp2br)
            at(declared.offset) = options_[(declared.offset - first_option) / 4];
    drive(0, false);
    acr_changed();
}

/// The two keys of a lock, in order; anything else closes it until the next reset.
FlashInterface::Unlock FlashInterface::unlock(Unlock state, Keys keys, u32 value) {
    if (state == Unlock::none && value == keys.first)
        return Unlock::first;
    return state == Unlock::first && value == keys.second ? Unlock::done : Unlock::failed;
}

u32 FlashInterface::reading(u32 offset) {
    if (offset != cr)
        return at(offset);
    return (at(cr) & ~(cr_lock | cr_optlock)) | (lock_ == Unlock::done ? 0 : cr_lock) |
           (option_lock_ == Unlock::done ? 0 : cr_optlock);
}

bool FlashInterface::writing(u32 offset, u32&) {
    if (offset == cr)
        return lock_ == Unlock::done;
    if (offset >= first_option && offset <= wrp2br)
        return option_lock_ == Unlock::done;
    return true;
}

void FlashInterface::written(u32 offset, u32 value) {
    switch (offset) {
    case acr_offset:
        return acr_changed();
    case keyr:
        lock_ = unlock(lock_, {0x45670123, 0xCDEF89AB}, value);
        return;
    case optkeyr:
        if (lock_ == Unlock::done)
            option_lock_ = unlock(option_lock_, {0x08192A3B, 0x4C5D6E7F}, value);
        return;
    case cr:
        if ((value & cr_fstpg) == 0)
            fast_count_ = 0;
        if ((value & cr_strt) != 0)
            erase();
        if ((value & cr_optstrt) != 0 && option_lock_ == Unlock::done) {
            for (const Register& declared : map())
                if (declared.offset >= first_option && declared.offset <= wrp2br)
                    options_[(declared.offset - first_option) / 4] = at(declared.offset);
            finish();
        }
        if ((value & cr_obl_launch) != 0 && option_lock_ == Unlock::done)
            around.request_reset(ResetCause::option_bytes);
        if ((value & cr_optlock) != 0)
            option_lock_ = Unlock::none;
        if ((value & cr_lock) != 0)
            lock_ = option_lock_ = Unlock::none;
        return update();
    default:
        update();
    }
}

void FlashInterface::fail(u32 error) {
    at(sr) |= error | (has(cr, cr_errie) ? sr_operr : 0);
    row_offset_ = never_offset;
    update();
}

void FlashInterface::finish() {
    // EOP is for the interrupt alone: without EOPIE it stays clear.
    if (has(cr, cr_eopie))
        at(sr) |= sr_eop;
    contents_changed();
    update();
}

void FlashInterface::update() {
    drive(0, (has(sr, sr_eop) && has(cr, cr_eopie)) || (has(sr, sr_operr) && has(cr, cr_errie)));
}

bool FlashInterface::is_protected(u32 offset) const {
    u32 dummy = 0;
    const u32 half = static_cast<u32>(bus_.memory_at(flash_base, dummy)->bytes.size()) / 2;
    const bool second = dual_bank() && offset >= half;
    const u32 page = (second ? offset - half : offset) / page_size();
    const auto covers = [this, page](u32 area) {
        return page >= (at(area) & 0xFF) && page <= (at(area) >> 16 & 0xFF);
    };
    return second ? covers(wrp2ar) || covers(wrp2br) : covers(wrp1ar) || covers(wrp1br);
}

/// A store to flash (RM0432 3.3.7): double words, by two word writes with the low one first.
void FlashInterface::program(u32 address, unsigned size, u32 value) {
    u32 offset = 0;
    bus_.memory_at(address, offset);
    if (!has(cr, cr_pg | cr_fstpg) || has(sr, sr_errors))
        return fail(sr_pgserr);
    if (size != 4)
        return fail(sr_sizerr);
    if (is_protected(offset))
        return fail(sr_wrperr);
    if (has(cr, cr_fstpg))
        return program_fast(offset, value);
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
    Memory* const flash = bus_.memory_at(flash_base, offset);
    const auto target = flash->bytes.begin() + row_offset_;
    const bool erased = std::all_of(target, target + 8, [](u8 byte) { return byte == 0xFF; });
    // Its ECC lets a row be programmed once, and then to zeroes.
    if (!erased && row_ != 0)
        return fail(sr_progerr);
    std::copy(std::begin(bytes), std::end(bytes), target);
    row_offset_ = never_offset;
    finish();
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
    bus_.program(flash_base + offset + 4 - row_bytes, fast_row_.data(), row_bytes);
    fast_count_ = 0;
    row_offset_ = never_offset;
    finish();
}

void FlashInterface::erase() {
    u32 first = 0;
    const u32 size = static_cast<u32>(bus_.memory_at(flash_base, first)->bytes.size());
    u32 last = 0;
    if (has(sr, sr_errors) || !has(cr, cr_per | cr_mer1 | cr_mer2) || has(cr, cr_pg))
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
        if (is_protected(page))
            return fail(sr_wrperr);
    const std::vector<u8> blank(last - first, 0xFF);
    bus_.program(flash_base + first, blank.data(), static_cast<u32>(blank.size()));
    finish();
}

void FlashInterface::fields(State& state) {
    RegisterBlock::fields(state);
    state(lock_);
    state(option_lock_);
    state(row_);
    state(row_offset_, never_offset);
    state(fast_count_);
    state(fast_row_);
    state.outside(options_);
}

} // namespace tinysim
