#include "mpu.hpp"

#include <algorithm>

namespace tinysim {
namespace {

constexpr u32 page_bits = 12;

/// MPU_RASR.SIZE: a region has 2 to this power bytes. Less than 32 bytes are unpredictable.
unsigned size_bits(u32 attributes) { return std::max(bits<5, 1>(attributes) + 1, 5u); }

bool holds(u32 base, unsigned size, u32 address) {
    return size == 32 || (address ^ base) >> size == 0;
}

/// MPU_RASR.SRD, a bit for each eighth; regions below 256 bytes have no parts.
u32 disabled_parts(u32 attributes) {
    return size_bits(attributes) < 8 ? 0 : bits<15, 8>(attributes);
}

/// MPU_RASR.AP (DDI0403 table B3-15).
bool allows(u32 permission, bool write, bool privileged) {
    switch (permission) {
    case 1:
        return privileged;
    case 2:
        return privileged || !write;
    case 3:
        return true;
    case 5:
        return privileged && !write;
    case 6:
    case 7:
        return !write;
    default:
        return false;
    }
}

} // namespace

u32 Mpu::read(u32 offset) const {
    const Region& region = regions_[number_ & 7];
    switch (offset) {
    case 0x00:
        return 0x800; // eight regions
    case 0x04:
        return control_;
    case 0x08:
        return number_;
    default:
        return (offset & 4) != 0 ? region.base | (number_ & 7) : region.attributes;
    }
}

void Mpu::write(u32 offset, u32 value) {
    switch (offset) {
    case 0x00:
        return;
    case 0x04:
        control_ = value & 7;
        return;
    case 0x08:
        number_ = value & 0xFF;
        return;
    default:
        break;
    }
    if ((offset & 4) != 0) { // RBAR and its aliases; VALID selects the region
        if (bit<4>(value))
            number_ = value & 0xF;
        regions_[number_ & 7].base = value & ~0x1Fu;
    } else {
        regions_[number_ & 7].attributes = value;
    }
}

/// ValidateAddress (DDI0403 B3.5.2), without the default memory map's own execute-never regions.
bool Mpu::permits(u32 address, Use use, bool privileged) const {
    if (address >> 20 == 0xE00) // the private peripheral bus
        return use != Use::fetch;
    for (std::size_t number = regions_.size(); number-- > 0;) {
        const auto [base, attributes] = regions_[number];
        const unsigned size = size_bits(attributes);
        if (!bit<0>(attributes) || !holds(base, size, address))
            continue;
        const u32 part = address >> (size - 3) & 7;
        if ((disabled_parts(attributes) >> part & 1) != 0)
            continue;
        if (use == Use::fetch && (bit<28>(attributes) || address >= 0xE0000000))
            return false;
        return allows(bits<26, 24>(attributes), use == Use::write, privileged);
    }
    const bool background = bit<2>(control_) && privileged; // PRIVDEFENA
    return background && !(use == Use::fetch && address >= 0xE0000000);
}

bool Mpu::is_uniform(u32 address) const {
    for (const auto [base, attributes] : regions_) {
        const unsigned size = size_bits(attributes);
        const unsigned smallest = disabled_parts(attributes) != 0 ? size - 3 : size;
        if (bit<0>(attributes) && smallest < page_bits &&
            holds(base, std::max(size, page_bits), address))
            return false;
    }
    return true;
}

} // namespace tinysim
