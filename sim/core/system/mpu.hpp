#pragma once

#include "../types.hpp"

#include <array>

namespace tinysim {

/// What an access is for.
enum class Use { read, write, fetch };

/// The Memory Protection Unit (DDI0403 B3.5): eight regions over the default memory map. An
/// address has the permissions of the region with the highest number that holds it.
class Mpu {
public:
    /// Registers, by their offset from MPU_TYPE.
    u32 read(u32 offset) const;
    void write(u32 offset, u32 value);

    bool is_enabled() const { return bit<0>(control_); }
    /// Whether it is on at negative priorities too (MPU_CTRL.HFNMIENA).
    bool guards_faults() const { return bit<1>(control_); }

    bool permits(u32 address, Use use, bool privileged) const;
    /// Whether all of the 4 KB around an address have the same permissions.
    bool is_uniform(u32 address) const;

    /// Permissions never differ within so many bytes.
    static constexpr u32 granule = 32;

private:
    struct Region {
        u32 base = 0;
        u32 attributes = 0;
    };

    u32 control_ = 0;
    u32 number_ = 0;
    std::array<Region, 8> regions_{};
};

} // namespace tinysim
