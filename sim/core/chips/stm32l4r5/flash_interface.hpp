#pragma once

#include "../../memory/bus.hpp"
#include "../../peripherals/register_block.hpp"
#include "../../peripherals/registry.hpp"

#include <array>
#include <functional>

namespace tinysim {

/// The registers of the flash memory (RM0432 3.7): access control, programming, options.
///
/// Programming and erasing change the contents at once and keep the array busy for as long as
/// the datasheet says; nobody can see the difference, as whoever reads a busy bank waits.
class FlashInterface final : public RegisterBlock {
public:
    explicit FlashInterface(const Site& site);

    u32 acr() const { return at(0x00); }
    /// OPTR.DBANK: two banks of 64-bit rows, or one of 128 bits.
    bool dual_bank() const { return bit<22>(loaded(0)); }
    /// Writes DBANK into the option bytes, and loads them.
    void set_dual_bank(bool dual);
    /// OPTR.BFB2: the boot loader starts what is in bank 2.
    bool boots_bank_2() const { return dual_bank() && bit<20>(loaded(0)); }
    /// OPTR.nRST_STOP, nRST_STDBY or nRST_SHDW is clear: the mode is never entered, but resets.
    bool resets_in(unsigned bit_of_mode) const { return (loaded(0) >> bit_of_mode & 1) == 0; }
    /// OPTR.IWDG_SW is clear: the watchdog runs from reset on.
    bool hardware_watchdog() const { return !bit<16>(loaded(0)); }
    /// OPTR.SRAM2_RST is clear: a system reset erases SRAM2.
    bool erases_sram2() const { return !bit<25>(loaded(0)); }

    /// The memory that it is the interface of; null on a board without one.
    Memory* array() const;

    void on_due() override;
    void after_clock_change() override;

    /// ACR was written, and may have emptied the caches.
    std::function<void()> acr_changed = [] {};
    std::function<void()> contents_changed = [] {};
    /// Whoever reads or writes waits until then.
    std::function<void(Cycles)> stall = [](Cycles) {};

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void fields(State& state) override;
    void after_reset() override;
    void after_load() override;

private:
    static constexpr u32 row_bytes = 512;

    struct Keys {
        u32 first, second;
    };
    enum class Unlock : u8 { none, first, done, failed };
    static Unlock unlock(Unlock state, Keys keys, u32 value);

    static constexpr u32 first_option = 0x20, option_count = 13;

    /// What was loaded from the option bytes: words from OPTR on.
    u32 loaded(u32 word) const { return loaded_[word]; }
    u32 option(u32 offset) const { return loaded_[(offset - first_option) / 4]; }
    void store(u32 address, unsigned size, u32 value);
    bool store_once(u32 address, unsigned size, u32 value);
    void program(Memory& target, u32 offset, u32 value, u32 banks);
    void program_fast(u32 offset, u32 value);
    void erase();
    void load_options();
    void save_options();
    bool is_write_protected(u32 offset) const;
    Span secret(unsigned bank) const;
    bool is_secret(u32 offset) const { return secret(0).holds(offset) || secret(1).holds(offset); }
    bool read(u32 offset, bool fetch);
    u32 bank_of(u32 offset) const;
    u32 page_size() const { return dual_bank() ? 0x1000 : 0x2000; }
    bool is_busy() const { return busy_banks_ != 0; }
    void occupy(u32 banks, u64 ps);
    void wait_for_array();
    void watch();
    void fail(u32 error);
    void update();

    Bus& bus_;
    const u64 word_ps_, row_ps_, page_ps_, bank_ps_; ///< what programming and erasing take
    Unlock lock_ = Unlock::none;
    Unlock option_lock_ = Unlock::none;
    u64 row_ = 0; ///< the double word being programmed
    u32 row_offset_ = never_offset;
    u32 fast_count_ = 0; ///< bytes of a row of fast programming
    std::array<u8, row_bytes> fast_row_{};
    std::array<u32, option_count> loaded_{};
    u32 busy_banks_ = 0;
    u64 busy_until_ps_ = 0;
    static constexpr u32 never_offset = 0xFFFFFFFF;
};

} // namespace tinysim
