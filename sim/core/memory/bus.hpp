#pragma once

#include "../peripherals/peripheral.hpp"
#include "pages.hpp"
#include "regions.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tinysim {

enum class MemoryKind { flash, sram, rom };

/// Plain memory that is seen at one address or several.
struct Memory {
    std::string name;
    MemoryKind kind;
    std::vector<u32> addresses;
    std::vector<u8> bytes;
    /// Its second half is seen first.
    bool swapped = false;

    u32 size() const { return static_cast<u32>(bytes.size()); }
    /// Where in `bytes` the byte is that is seen so far from an address of it, and back.
    u32 place(u32 seen) const { return swapped ? seen ^ size() / 2 : seen; }
};

/// Some of a memory's bytes.
struct Span {
    u32 first, size;
    bool holds(u32 offset) const { return offset - first < size; }
    bool operator==(const Span&) const = default;
};

/// Something that happened for the first time and that the user should hear of.
struct Report {
    std::string kind;
    std::string name;
    u32 address;
    u32 pc;
    bool write;
};

/// How an access ended; `forbidden` is the MPU's word and not the bus's.
enum class Access { ok, fault, stop, forbidden };

/// Who answers at which address. The core reaches plain memory through the page tables and
/// comes here for all the rest.
class Bus {
public:
    void add_memory(Memory memory);
    void add_bit_band(u32 address, u32 size, u32 target);
    void attach(Peripheral& peripheral, u32 address, u32 size);
    void reserve(std::string name, u32 address, u32 size);

    /// One access of 1, 2 or 4 bytes that lies in one aligned word.
    Access read(u32 address, unsigned size, u32& value);
    Access write(u32 address, unsigned size, u32 value);

    /// Where a peripheral was attached.
    u32 address_of(const Peripheral& peripheral) const;

    /// The memory at an address, with the offset into it.
    Memory* memory_at(u32 address, u32& offset);
    /// Counts reads that were more than looking: see Peripheral::is_volatile.
    u64 volatile_reads = 0;

    /// Where the bytes of a flash word are programmed from, past the page tables' protection.
    bool program(u32 address, const u8* data, u32 size);

    /// Swaps the halves of a memory on the map.
    void swap_halves(Memory& memory, bool swapped);
    /// From now on this memory is what is seen at an address where another one was.
    void show(Memory& memory, u32 address);
    Memory* memory(const std::string& name);

    /// Lets reads of some of a memory be noticed: they come to `watched_read`, not past it.
    void watch_reads(Memory& memory, std::vector<Span> spans);
    /// Called for them with the place in the memory; false: zeroes are read.
    std::function<bool(u32 place, bool fetch)> watched_read = [](u32, bool) { return true; };
    /// A half-word of code at an address; false: no memory.
    bool fetch(u32 address, u32& half);

    void report(std::string kind, const std::string& name, u32 address, bool write);
    /// The instruction under way, which a report names.
    std::function<u32()> pc = [] { return 0u; };

    /// Let stores to this page of code be noticed: they come to `write`, not past it.
    /// False: they were already.
    bool guard_code(u32 address);
    /// Undo every `guard_code`.
    void release_code();

    Pages readable;
    Pages writable;
    Regions regions;
    /// Called after a store to a guarded page.
    std::function<void(u32 address)> code_written = [](u32) {};
    /// Called for a store to flash.
    std::function<void(u32 address, unsigned size, u32 value)> flash_written = [](u32, unsigned,
                                                                                  u32) {};
    /// Called for a store to a ROM; false: nothing takes it.
    std::function<bool(u32 address, unsigned size, u32 value)> rom_written =
        [](u32, unsigned, u32) { return false; };
    std::vector<Report> reports;
    bool strict = false;
    std::vector<std::unique_ptr<Memory>> memories;

private:
    Access outcome();

    struct Range {
        u32 first;
        u32 last;
        Peripheral* peripheral;
        std::string reserved;
        bool reported = false;
    };
    struct BitBand {
        u32 address;
        u32 size;
        u32 target;
    };
    Range* find(u32 address) {
        const bool again = recent_ < ranges_.size() && ranges_[recent_].first <= address &&
                           address <= ranges_[recent_].last;
        return again ? &ranges_[recent_] : search(address);
    }
    Range* search(u32 address);
    void insert(Range range);
    const BitBand* bit_band_at(u32 address) const;
    bool write_guarded(u32 address, unsigned size, u32 value);
    void map(const Memory& memory, u32 address);
    /// Whether reads of this address's page are noticed.
    bool is_watched(u32 address, u32& place) const {
        return !watched_spans_.empty() && find_watched(address, place);
    }
    bool find_watched(u32 address, u32& place) const;

    std::vector<Range> ranges_;
    std::vector<BitBand> bit_bands_;
    std::vector<u32> guarded_;
    Memory* watched_ = nullptr;
    std::vector<Span> watched_spans_;
    struct Shown {
        const Memory* memory;
        u32 address;
        u8 region;
    };
    std::vector<Shown> shown_; ///< regions for what has been seen where
    std::size_t recent_ = 0;
    bool ignored_ = false; ///< something that the last access asked for has no model
};

} // namespace tinysim
