#pragma once

#include "../../memory/bus.hpp"
#include "../../peripherals/register_block.hpp"
#include "../../peripherals/registry.hpp"

#include <array>
#include <functional>

namespace tinysim {

/// The registers of the flash memory (RM0432 3.7): access control, programming, options.
class FlashInterface final : public RegisterBlock {
public:
    explicit FlashInterface(const Site& site);

    u32 acr() const { return at(0x00); }
    /// OPTR.DBANK: two banks of 64-bit rows, or one of 128 bits.
    bool dual_bank() const { return bit<22>(options_[0]); }
    void set_dual_bank(bool dual);
    /// OPTR.nRST_STOP, nRST_STDBY or nRST_SHDW is clear: the mode is never entered, but resets.
    bool resets_in(unsigned bit_of_mode) const { return (options_[0] >> bit_of_mode & 1) == 0; }
    /// OPTR.IWDG_SW is clear: the watchdog runs from reset on.
    bool hardware_watchdog() const { return !bit<16>(options_[0]); }
    /// OPTR.SRAM2_RST is clear: a system reset erases SRAM2.
    bool erases_sram2() const { return !bit<25>(options_[0]); }

    /// ACR was written, and may have emptied the caches.
    std::function<void()> acr_changed = [] {};
    std::function<void()> contents_changed = [] {};

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void fields(State& state) override;
    void after_reset() override;
    void after_load() override { acr_changed(); }

private:
    /// FLASH_OPTR to FLASH_WRP2BR: the words that are loaded from option bytes.
    static constexpr u32 first_option = 0x20, options_count = 13;
    static constexpr u32 row_bytes = 512;

    struct Keys {
        u32 first, second;
    };
    enum class Unlock : u8 { none, first, done, failed };
    static Unlock unlock(Unlock state, Keys keys, u32 value);

    void program(u32 address, unsigned size, u32 value);
    void program_fast(u32 offset, u32 value);
    void erase();
    bool is_protected(u32 offset) const;
    u32 page_size() const { return dual_bank() ? 0x1000 : 0x2000; }
    void fail(u32 error);
    void finish();
    void update();

    Bus& bus_;
    const Clocks& clocks_;
    Unlock lock_ = Unlock::none;
    Unlock option_lock_ = Unlock::none;
    u64 row_ = 0; ///< the double word being programmed
    u32 row_offset_ = never_offset;
    u32 fast_count_ = 0; ///< bytes of a row of fast programming
    std::array<u8, row_bytes> fast_row_{};
    std::array<u32, options_count> options_; ///< option bytes: what OBL_LAUNCH loads
    static constexpr u32 never_offset = 0xFFFFFFFF;
};

} // namespace tinysim
