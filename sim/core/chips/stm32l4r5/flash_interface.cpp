#include "flash_interface.hpp"

#include "flash_registers.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using namespace flash;

constexpr bool is_option(u32 offset) { return offset >= optr && offset <= wrp2br; }

/// Where a register's option bytes are, each word followed by its complement (RM0432 3.4.1).
constexpr u32 option_place(u32 offset) {
    return offset < pcrop2sr ? (offset - optr) * 2 : 0x1000 + (offset - pcrop2sr) * 2 + 8;
}

constexpr u64 ns = 1000;

const Registered model{"Python.flashInterface", make<FlashInterface>};

} // namespace

FlashInterface::FlashInterface(const Site& site)
    : RegisterBlock(site.name, site.around, registers()), bus_(site.around.memory()),
      word_ps_(site.number("programTime", 0) * ns), row_ps_(site.number("rowTime", 0) * ns),
      page_ps_(site.number("eraseTime", 0) * ns), bank_ps_(site.number("massEraseTime", 0) * ns) {
    for (u32 word = 0; word < option_count; ++word)
        loaded_[word] = from_factory(optr + 4 * word);
    bus_.flash_written = [this](u32 address, unsigned size, u32 value) {
        store(address, size, value);
    };
    bus_.rom_written = [this](u32 address, unsigned size, u32 value) {
        return store_once(address, size, value);
    };
    u32 offset = 0;
    if (Memory* const system = bus_.memory_at(otp, offset))
        std::fill_n(system->bytes.begin() + offset, otp_bytes, u8{0xFF});
    bus_.watched_read = [this](u32 offset, bool fetch) { return read(offset, fetch); };
}

Memory* FlashInterface::array() const {
    for (const auto& memory : bus_.memories)
        if (memory->kind == MemoryKind::flash)
            return memory.get();
    return nullptr;
}

void FlashInterface::set_dual_bank(bool dual) {
    load_options();
    at(optr) = dual ? at(optr) | optr_dbank : at(optr) & ~optr_dbank;
    save_options();
    load_options();
}

/// Option bytes that are no word with its complement are those of the factory.
void FlashInterface::load_options() {
    const Memory* const bytes = bus_.memory("optionBytes");
    for (const Register& declared : map()) {
        if (!is_option(declared.offset))
            continue;
        u32 words[2] = {};
        if (bytes)
            std::memcpy(words, bytes->bytes.data() + option_place(declared.offset), sizeof words);
        u32& value = loaded_[(declared.offset - optr) / 4];
        if (words[0] == ~words[1])
            value = words[0];
        else if (bytes)
            value = declared.reset;
        at(declared.offset) = value;
    }
    watch();
}

void FlashInterface::save_options() {
    Memory* const bytes = bus_.memory("optionBytes");
    for (const Register& declared : map()) {
        if (!is_option(declared.offset))
            continue;
        const u32 words[2] = {at(declared.offset), ~at(declared.offset)};
        if (bytes)
            std::memcpy(bytes->bytes.data() + option_place(declared.offset), words, sizeof words);
        else
            loaded_[(declared.offset - optr) / 4] = words[0];
    }
}

void FlashInterface::after_reset() {
    load_options();
    drive(0, false);
    acr_changed();
}

void FlashInterface::after_load() {
    watch();
    acr_changed();
}

/// The two keys of a lock, in order; anything else closes it until the next reset.
FlashInterface::Unlock FlashInterface::unlock(Unlock state, Keys keys, u32 value) {
    if (state == Unlock::none && value == keys.first)
        return Unlock::first;
    return state == Unlock::first && value == keys.second ? Unlock::done : Unlock::failed;
}

u32 FlashInterface::reading(u32 offset) {
    if (offset == sr)
        return at(sr) | (is_busy() ? sr_bsy : 0);
    if (offset != cr)
        return at(offset);
    return (at(cr) & ~(cr_lock | cr_optlock)) | (lock_ == Unlock::done ? 0 : cr_lock) |
           (option_lock_ == Unlock::done ? 0 : cr_optlock);
}

bool FlashInterface::writing(u32 offset, u32&) {
    if (offset == cr) {
        wait_for_array();
        return lock_ == Unlock::done;
    }
    return !is_option(offset) || option_lock_ == Unlock::done;
}

void FlashInterface::written(u32 offset, u32 value) {
    switch (offset) {
    case flash::acr:
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
            save_options();
            occupy(3, page_ps_); // their page is erased first
        }
        if ((value & cr_obl_launch) != 0 && option_lock_ == Unlock::done)
            around.request_reset(ResetCause::option_bytes);
        if ((value & cr_optlock) != 0)
            option_lock_ = Unlock::none;
        if ((value & cr_lock) != 0)
            lock_ = option_lock_ = Unlock::none;
        return update();
    default:
        watch();
        update();
    }
}

void FlashInterface::fail(u32 error) {
    at(sr) |= error | (has(cr, cr_errie) ? sr_operr : 0);
    row_offset_ = never_offset;
    update();
}

/// Lets the array work at some banks for so long, after what it works at already.
void FlashInterface::occupy(u32 banks, u64 ps) {
    busy_until_ps_ = std::max(busy_until_ps_, around.time_ps()) + ps;
    busy_banks_ |= dual_bank() ? banks : 3;
    watch();
    contents_changed();
    schedule(around.cycle_at(busy_until_ps_));
}

void FlashInterface::on_due() {
    schedule(never);
    busy_banks_ = 0;
    // EOP is for the interrupt alone: without EOPIE it stays clear.
    if (has(cr, cr_eopie))
        at(sr) |= sr_eop;
    watch();
    update();
}

void FlashInterface::after_clock_change() {
    if (is_busy())
        schedule(around.cycle_at(busy_until_ps_));
}

void FlashInterface::wait_for_array() {
    if (is_busy())
        stall(around.cycle_at(busy_until_ps_));
}

/// Has the bus ask here where reading is more than that: in busy banks and in secret areas.
void FlashInterface::watch() {
    Memory* const memory = array();
    if (!memory)
        return;
    const u32 half = memory->size() / 2;
    std::vector<Span> spans;
    for (unsigned bank = 0; bank < 2; ++bank) {
        if ((busy_banks_ >> bank & 1) != 0)
            spans.push_back({bank * half, half});
        if (const Span area = secret(bank); area.size != 0)
            spans.push_back(area);
    }
    bus_.watch_reads(*memory, std::move(spans));
}

/// Somebody reads where `watch` has asked for it.
bool FlashInterface::read(u32 offset, bool fetch) {
    if ((busy_banks_ & bank_of(offset)) != 0)
        wait_for_array();
    if (fetch || !is_secret(offset))
        return true;
    at(sr) |= sr_rderr;
    update();
    return false;
}

void FlashInterface::update() {
    drive(0, (has(sr, sr_eop) && has(cr, cr_eopie)) || (has(sr, sr_operr) && has(cr, cr_errie)) ||
                 (has(sr, sr_rderr) && has(cr, cr_rderrie)));
}

/// A bit for each bank that an offset is in.
u32 FlashInterface::bank_of(u32 offset) const {
    if (!dual_bank())
        return 3;
    return offset < array()->size() / 2 ? 1 : 2;
}

/// The area of a bank that is for fetches alone: PCROP (RM0432 3.5.3), in units of a row.
Span FlashInterface::secret(unsigned bank) const {
    const u32 first = option(bank == 0 ? pcrop1sr : pcrop2sr) & 0x1FFFF;
    const u32 last = option(bank == 0 ? pcrop1er : pcrop2er) & 0x1FFFF;
    if (first > last)
        return {0, 0};
    const u32 unit = dual_bank() ? 8 : 16;
    const u32 base = dual_bank() && bank == 1 ? array()->size() / 2 : 0;
    return {base + first * unit, (last + 1 - first) * unit};
}

bool FlashInterface::is_write_protected(u32 offset) const {
    if (is_secret(offset))
        return true;
    const u32 half = array()->size() / 2;
    const bool second = dual_bank() && offset >= half;
    const u32 page = (second ? offset - half : offset) / page_size();
    const auto covers = [this, page](u32 area) {
        return page >= (option(area) & 0xFF) && page <= (option(area) >> 16 & 0xFF);
    };
    return second ? covers(wrp2ar) || covers(wrp2br) : covers(wrp1ar) || covers(wrp1br);
}

void FlashInterface::fields(State& state) {
    RegisterBlock::fields(state);
    state(lock_);
    state(option_lock_);
    state(row_);
    state(row_offset_, never_offset);
    state(fast_count_);
    state(fast_row_);
    state(busy_banks_);
    state(busy_until_ps_);
    state.outside(loaded_);
}

} // namespace tinysim
