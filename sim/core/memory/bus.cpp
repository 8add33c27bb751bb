#include "bus.hpp"

#include <algorithm>
#include <utility>

namespace tinysim {

void Bus::add_memory(Memory memory) {
    if (memory.addresses.empty() || memory.bytes.size() % Pages::size != 0)
        throw CoreError(memory.name + ": a memory has an address and a multiple of 4 KB");
    memories.push_back(std::make_unique<Memory>(std::move(memory)));
    Memory& added = *memories.back();
    for (const u32 address : added.addresses)
        map(added, address);
}

/// Puts a memory on the map at one of its addresses.
void Bus::map(const Memory& memory, u32 address) {
    const auto known = std::find_if(shown_.begin(), shown_.end(), [&](const Shown& other) {
        return other.memory == &memory && other.address == address;
    });
    if (known == shown_.end()) {
        // Flash that is seen twice is cached once; the boot loader's shares no offset with it.
        Region region;
        region.flash = memory.kind != MemoryKind::sram;
        region.first = memory.kind == MemoryKind::flash ? address : 0;
        regions.add(memory.name, address, memory.size(), region);
        shown_.push_back({&memory, address, regions[address].number});
    } else {
        regions.show(address, memory.size(), known->region);
    }
    for (u32 seen = 0; seen < memory.size(); seen += Pages::size) {
        const u32 place = memory.place(seen);
        u8* const host = const_cast<u8*>(memory.bytes.data()) + place;
        const bool open =
            &memory != watched_ ||
            std::none_of(watched_spans_.begin(), watched_spans_.end(), [place](const Span& span) {
                return span.first < place + Pages::size && place < span.first + span.size;
            });
        if (open)
            readable.map(address + seen, host);
        else
            readable.unmap(address + seen);
        if (memory.kind == MemoryKind::sram)
            writable.map(address + seen, host);
        else
            writable.unmap(address + seen);
    }
}

void Bus::swap_halves(Memory& memory, bool swapped) {
    memory.swapped = swapped;
    for (const u32 address : memory.addresses)
        map(memory, address);
}

Memory* Bus::memory(const std::string& name) {
    for (const auto& each : memories)
        if (each->name == name)
            return each.get();
    return nullptr;
}

void Bus::show(Memory& memory, u32 address) {
    for (const auto& each : memories) {
        if (std::erase(each->addresses, address) == 0)
            continue;
        for (u32 at = 0; at < each->size(); at += Pages::size) {
            readable.unmap(address + at);
            writable.unmap(address + at);
        }
    }
    memory.addresses.push_back(address);
    map(memory, address);
}

void Bus::watch_reads(Memory& memory, std::vector<Span> spans) {
    if (watched_ == &memory && watched_spans_ == spans)
        return;
    watched_ = &memory;
    watched_spans_ = std::move(spans);
    for (const u32 address : memory.addresses)
        map(memory, address);
}

bool Bus::find_watched(u32 address, u32& place) const {
    for (const u32 base : watched_->addresses)
        if (address - base < watched_->size()) {
            place = watched_->place(address - base);
            return true;
        }
    return false;
}

bool Bus::fetch(u32 address, u32& half) {
    const u8* host = readable.find<u16>(address);
    if (u32 place = 0; !host && is_watched(address, place)) {
        host = watched_->bytes.data() + place;
        watched_read(place, true);
    }
    if (host)
        half = host[0] | u32{host[1]} << 8;
    return host != nullptr;
}

void Bus::add_bit_band(u32 address, u32 size, u32 target) {
    bit_bands_.push_back({address, size, target});
    regions.add_alias(address, size, target);
}

void Bus::insert(Range range) {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), range.first,
                         [](u32 address, const Range& other) { return address < other.first; });
    const bool overlaps = (after != ranges_.end() && after->first <= range.last) ||
                          (after != ranges_.begin() && std::prev(after)->last >= range.first);
    if (overlaps)
        throw CoreError((range.peripheral ? range.peripheral->name : range.reserved) +
                        ": overlaps another peripheral");
    ranges_.insert(after, std::move(range));
}

void Bus::attach(Peripheral& peripheral, u32 address, u32 size) {
    insert({address, address + size - 1, &peripheral, {}});
}

void Bus::reserve(std::string name, u32 address, u32 size) {
    insert({address, address + size - 1, nullptr, std::move(name)});
}

u32 Bus::address_of(const Peripheral& peripheral) const {
    for (const Range& range : ranges_)
        if (range.peripheral == &peripheral)
            return range.first;
    return 0;
}

Bus::Range* Bus::search(u32 address) {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), address,
                         [](u32 value, const Range& range) { return value < range.first; });
    if (after == ranges_.begin() || std::prev(after)->last < address)
        return nullptr;
    recent_ = static_cast<std::size_t>(std::prev(after) - ranges_.begin());
    return &ranges_[recent_];
}

const Bus::BitBand* Bus::bit_band_at(u32 address) const {
    for (const BitBand& band : bit_bands_)
        if (address - band.address < band.size)
            return &band;
    return nullptr;
}

Memory* Bus::memory_at(u32 address, u32& offset) {
    for (const auto& memory : memories)
        for (const u32 base : memory->addresses)
            if (address - base < memory->bytes.size()) {
                offset = memory->place(address - base);
                return memory.get();
            }
    return nullptr;
}

bool Bus::guard_code(u32 address) {
    u32 offset = 0;
    const Memory* memory = memory_at(address, offset);
    if (!memory || memory->kind != MemoryKind::sram || writable[address] == 0)
        return false;
    for (const u32 base : memory->addresses) {
        writable.unmap(base + offset);
        guarded_.push_back(base + offset);
    }
    return true;
}

void Bus::release_code() {
    for (const u32 address : guarded_) {
        u32 offset = 0;
        Memory* memory = memory_at(address, offset);
        const u32 start = offset & ~(Pages::size - 1);
        writable.map(address & ~(Pages::size - 1), memory->bytes.data() + start);
    }
    guarded_.clear();
}

bool Bus::write_guarded(u32 address, unsigned size, u32 value) {
    u32 offset = 0;
    Memory* memory = memory_at(address, offset);
    if (!memory)
        return false;
    if (memory->kind == MemoryKind::rom)
        return rom_written(address, size, value);
    if (memory->kind == MemoryKind::flash) {
        flash_written(address, size, value);
        return true;
    }
    std::memcpy(memory->bytes.data() + offset, &value, size);
    code_written(address);
    return true;
}

bool Bus::program(u32 address, const u8* data, u32 size) {
    u32 offset = 0;
    Memory* memory = memory_at(address, offset);
    if (!memory || memory->bytes.size() - offset < size)
        return false;
    std::memcpy(memory->bytes.data() + offset, data, size);
    return true;
}

void Bus::report(std::string kind, const std::string& name, u32 address, bool write) {
    ignored_ = ignored_ || kind == "unmodelled";
    for (const Report& known : reports)
        if (known.kind == kind && known.name == name)
            return;
    reports.push_back({std::move(kind), name, address, pc(), write});
}

Access Bus::read(u32 address, unsigned size, u32& value) {
    if (const std::uintptr_t page = readable[address]) {
        value = 0;
        std::memcpy(&value, reinterpret_cast<const u8*>(page + address), size);
        return Access::ok;
    }
    if (u32 place = 0; is_watched(address, place)) {
        value = 0;
        if (watched_read(place, false))
            std::memcpy(&value, watched_->bytes.data() + place, size);
        return Access::ok;
    }
    Range* range = find(address);
    if (!range) {
        if (const BitBand* band = bit_band_at(address)) {
            const u32 bit = (address - band->address) >> 2;
            u32 byte = 0;
            const Access result = read(band->target + (bit >> 3), 1, byte);
            value = byte >> (bit & 7) & 1;
            return result;
        }
        return Access::fault;
    }
    value = 0;
    if (!range->peripheral) {
        if (!range->reported)
            report("reserved", range->reserved, address, false);
        range->reported = true;
        return strict ? Access::stop : Access::ok;
    }
    Peripheral& peripheral = *range->peripheral;
    if (!peripheral.clocked) {
        report("unclocked", peripheral.name, address, false);
        return Access::ok;
    }
    const u32 offset = address - range->first;
    volatile_reads += peripheral.is_volatile(offset & ~3u);
    if (size == 4)
        value = peripheral.read(offset);
    else
        value = peripheral.read_part(offset, size) & ((1u << 8 * size) - 1);
    return outcome();
}

/// In strict mode, what has no model stops the machine.
Access Bus::outcome() {
    const bool ignored = std::exchange(ignored_, false);
    return ignored && strict ? Access::stop : Access::ok;
}

Access Bus::write(u32 address, unsigned size, u32 value) {
    if (const std::uintptr_t page = writable[address]) {
        std::memcpy(reinterpret_cast<u8*>(page + address), &value, size);
        return Access::ok;
    }
    if (u32 place = 0; readable[address] != 0 || is_watched(address, place))
        return write_guarded(address, size, value) ? Access::ok : Access::fault;
    Range* range = find(address);
    if (!range) {
        if (const BitBand* band = bit_band_at(address)) {
            // A read-modify-write of the byte that holds the bit (DDI0403 B3.1.1).
            const u32 bit = (address - band->address) >> 2;
            const u32 byte_address = band->target + (bit >> 3);
            u32 byte = 0;
            if (const Access result = read(byte_address, 1, byte); result != Access::ok)
                return result;
            const u32 mask = 1u << (bit & 7);
            return write(byte_address, 1, (value & 1) != 0 ? byte | mask : byte & ~mask);
        }
        return Access::fault;
    }
    if (!range->peripheral) {
        if (!range->reported)
            report("reserved", range->reserved, address, true);
        range->reported = true;
        return strict ? Access::stop : Access::ok;
    }
    Peripheral& peripheral = *range->peripheral;
    if (!peripheral.clocked) {
        report("unclocked", peripheral.name, address, true);
        return Access::ok;
    }
    const u32 offset = address - range->first;
    if (size == 4)
        peripheral.write(offset, value);
    else
        peripheral.write_part(offset, value, size);
    return outcome();
}

} // namespace tinysim
