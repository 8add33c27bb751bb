#pragma once

#include "../types.hpp"

#include <string>
#include <vector>

namespace tinysim {

/// Which of the core's interfaces an access takes (100166 2.3.1): addresses below 0x20000000
/// ICode and DCode, those of the private peripheral bus neither, all others the system bus.
enum class Interface : u8 { code, system, internal };

constexpr Interface interface_of(u32 address) {
    if (address < 0x20000000)
        return Interface::code;
    return address - 0xE0000000 < 0x00100000 ? Interface::internal : Interface::system;
}

/// What an access to an address meets, beside the cycle that it takes.
struct Region {
    Interface interface = Interface::system;
    bool flash = false; ///< behind the flash accelerator
    u8 slave = 0;       ///< port of the bus matrix, 0: none; see `Regions::code`
    u8 bridge = 0;      ///< to APB1 (1) or APB2 (2), 0: none
    u8 number = 0;      ///< of the region
    bool plain = true;  ///< nothing but `slave` matters: no flash, bridge or alias
    u32 first = 0;      ///< the address that offsets count from
    u32 aliased = 0;    ///< of a bit-band alias: what its first bit belongs to; 0: is none
};

/// Where the chip's memories and buses lie, as the timing models ask for it.
class Regions {
public:
    static constexpr u8 no_slave = 0;
    /// Bit of a slave's number: reached over ICode and DCode.
    static constexpr u8 code = 0x80;
    static constexpr bool same_interface(u8 slave, u8 other) {
        return ((slave ^ other) & code) == 0;
    }

    Regions();
    /// A region of whole pages of 4 KB.
    void add(const std::string& slave, u32 first, u32 size, Region what = {});
    /// Gives pages back to a region that was added for them.
    void show(u32 first, u32 size, u8 region);
    void add_alias(u32 first, u32 size, u32 target);

    const Region& operator[](u32 address) const { return regions_[pages_[address >> page_shift]]; }
    /// As `[]`, but a bit-band alias is what it stands for.
    const Region& behind(u32 address) const {
        const Region& region = (*this)[address];
        return region.aliased == 0 ? region : (*this)[target(region, address)];
    }
    /// What an access to a page is to timing, in a byte for each of them, whose two low bits are
    /// left for its alignment. `special`: the address matters too.
    const u8* kinds() const { return kinds_.data(); }
    static constexpr u8 special = 0x80;
    /// The port of that name on the system bus, or none.
    u8 slave(const std::string& name) const;
    const std::string& slave_name(u8 slave) const { return slaves_[slave & ~code]; }

    static constexpr u32 target(const Region& alias, u32 address) {
        return alias.aliased + ((address - alias.first) >> 5);
    }

private:
    static constexpr unsigned page_shift = 12;

    void map(u32 first, u32 size, const Region& region);

    void classify(u32 first_page, u32 pages, u8 region);

    std::vector<u8> pages_;
    std::vector<u8> kinds_;
    std::vector<Region> regions_;
    std::vector<std::string> slaves_;
};

} // namespace tinysim
