#pragma once

#include "../peripherals/peripheral.hpp"

namespace tinysim {

/// The rest of the private peripheral bus: debug units that nobody listens to, the chip's DBGMCU
/// and its ROM table. Writes are lost.
class DebugUnits final : public Peripheral {
public:
    DebugUnits(std::string name, Surroundings& around, u32 base, u32 size)
        : Peripheral(std::move(name), around), base_(base), size_(size) {}
    u32 read(u32 offset) override;
    void write(u32, u32) override {}
    u32 size() const override { return size_; }

protected:
    void fields(State&) override {}

private:
    u32 base_;
    u32 size_;
};

} // namespace tinysim
