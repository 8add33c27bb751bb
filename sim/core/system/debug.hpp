#pragma once

#include "../peripherals/peripheral.hpp"

#include <array>

namespace tinysim {

/// The rest of the private peripheral bus: TPIU and ETM, the chip's DBGMCU and its ROM table.
/// Registers that a debugger sets up keep what it writes, and have no effect.
class DebugUnits final : public Peripheral {
public:
    DebugUnits(std::string name, Surroundings& around, u32 base, u32 size)
        : Peripheral(std::move(name), around), base_(base), size_(size) {}
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    u32 size() const override { return size_; }

protected:
    void fields(State& state) override { state.kept(stored_); }

private:
    static constexpr unsigned most_stored = 4;

    u32* find(u32 offset);

    u32 base_;
    u32 size_;
    std::array<u32, most_stored> stored_{};
};

} // namespace tinysim
