#pragma once

#include "../cpu/core.hpp"

namespace tinysim {

/// Flash Patch and Breakpoint unit (DDI0403 C1.11), version 1: six comparators for instructions,
/// two for literals, in the code region alone.
class FlashPatch final : public Peripheral {
public:
    FlashPatch(std::string name, Surroundings& around, Core& core)
        : Peripheral(std::move(name), around), core_(core) {}
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    u32 size() const override { return 0x1000; }

protected:
    void fields(State& state) override;
    void after_reset() override { arm(); }
    void after_load() override { arm(); }

private:
    static constexpr u32 instruction_comparators = 6;
    static constexpr u32 comparator_count = 8;

    void arm();
    void arm_instruction(u32 number);

    Core& core_;
    bool enabled_ = false;
    bool armed_ = false; ///< the core knows of something
    u32 remap_ = 0;
    std::array<u32, comparator_count> comparators_{};
};

} // namespace tinysim
