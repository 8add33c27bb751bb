#include "regions.hpp"

#include "../snapshot.hpp"

#include <algorithm>

namespace tinysim {
namespace {

constexpr unsigned kind_shift = 2; ///< above the bits that are left for an alignment
constexpr u8 first_kind = 1u << kind_shift;
constexpr u32 most_plain = 31; ///< kinds of plain regions, below `special`

} // namespace

Regions::Regions()
    : pages_(1u << (32 - page_shift)), kinds_(1u << (32 - page_shift), first_kind),
      regions_(1), slaves_{""} {
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
    classify(first >> page_shift, size >> page_shift, added.number);
}

/// A plain region is a kind of its own; those beyond what there is room for are looked up.
void Regions::classify(u32 first_page, u32 pages, u8 region) {
    const bool plain = regions_[region].plain && region < most_plain;
    const u32 kind = plain ? (region + 1u) << kind_shift : special | (region & 15u) << kind_shift;
    std::fill_n(kinds_.begin() + first_page, pages, static_cast<u8>(kind));
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
    classify(first >> page_shift, size >> page_shift, region);
}

void Regions::add_alias(u32 first, u32 size, u32 target) {
    Region region;
    region.first = first;
    region.aliased = target;
    map(first, size, region);
}

} // namespace tinysim
