#pragma once

#include "../memory/bus.hpp"
#include "clocks.hpp"
#include "stored.hpp"

#include <functional>

namespace tinysim {

/// The registers of the flash memory (RM0432 3.7): access control, programming, options.
class FlashInterface final : public Stored<0x400> {
public:
    FlashInterface(std::string name, Surroundings& around, Bus& bus, const Clocks& clocks);
    void reset() override;
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    void after_clock_change() override { check_latency(); }
    void save(Writer& out) const override;
    void load(Reader& in) override;

    u32 acr() const { return at(0x00); }
    /// OPTR.DBANK: two banks of 64-bit rows, or one of 128 bits. An option byte of the board.
    bool dual_bank = true;
    /// ACR was written, and may have emptied the caches.
    std::function<void()> acr_changed = [] {};
    std::function<void()> contents_changed = [] {};

private:
    bool program(u32 address, unsigned size, u32 value);
    void erase();
    void check_latency();

    Bus& bus_;
    const Clocks& clocks_;
    u32 keys_ = 0; ///< of the unlock sequence, how many were right
    bool locked_ = true;
    u64 row_ = 0; ///< the double word being programmed
    bool half_row_ = false;
};

} // namespace tinysim
