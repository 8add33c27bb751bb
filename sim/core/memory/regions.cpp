#include "regions.hpp"

#include "../snapshot.hpp"

#include <algorithm>

namespace tinysim {

Regions::Regions() : pages_(1u << (32 - page_shift)), regions_(1), slaves_{""} {
    Region internal;
    internal.interface = Interface::internal;
    internal.first = 0xE0000000;
    map(internal.first, 0x00100000, internal);
}

u8 Regions::slave(const std::string& name) const {
    const auto found = std::find(slaves_.begin(), slaves_.end(), name);
    return found == slaves_.end() ? no_slave : static_cast<u8>(found - slaves_.begin());
}

void Regions::map(u32 first, u32 size, const Region& region) {
    constexpr u32 page = 1u << page_shift;
    if (first % page != 0 || size % page != 0 || size == 0)
        throw CoreError("a region of the bus is a multiple of 4 KB at a multiple of 4 KB");
    if (regions_.size() == 256)
        throw CoreError("more than 255 regions on the bus");
    const auto begin = pages_.begin() + (first >> page_shift);
    std::fill(begin, begin + (size >> page_shift), static_cast<u8>(regions_.size()));
    Region& added = regions_.emplace_back(region);
    added.number = static_cast<u8>(regions_.size() - 1);
    added.plain = !region.flash && region.bridge == 0 && region.aliased == 0;
}

void Regions::add(const std::string& name, u32 first, u32 size, Region region) {
    region.interface = interface_of(first);
    region.slave = slave(name);
    if (region.slave == no_slave) {
        if (slaves_.size() == code)
            throw CoreError("more than 127 slaves on the bus");
        region.slave = static_cast<u8>(slaves_.size());
        slaves_.push_back(name);
    }
    if (region.interface == Interface::code)
        region.slave |= code;
    map(first, size, region);
}

void Regions::show(u32 first, u32 size, u8 region) {
    const auto begin = pages_.begin() + (first >> page_shift);
    std::fill(begin, begin + (size >> page_shift), region);
}

void Regions::add_alias(u32 first, u32 size, u32 target) {
    Region region;
    region.first = first;
    region.aliased = target;
    map(first, size, region);
}

} // namespace tinysim
