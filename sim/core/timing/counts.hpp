#pragma once

#include "../types.hpp"

#include <array>

namespace tinysim {

/// What tier T3 counts.
enum class Count : u8 {
    stalled_on_fetch,
    stalled_on_flash,
    stalled_on_bus,
    stalled_on_hazards,
    fetches,      ///< words of flash
    ram_fetches,  ///< words of other memory
    bus_accesses, ///< data accesses to anything but flash
    bus_waits,    ///< those of them that waited
};

class Counts {
public:
    u64& operator[](Count which) { return values_[static_cast<std::size_t>(which)]; }
    u64 operator[](Count which) const { return values_[static_cast<std::size_t>(which)]; }
    Counts& operator+=(const Counts& more) {
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] += more.values_[i];
        return *this;
    }
    Counts operator-(const Counts& before) const {
        Counts result = *this;
        for (std::size_t i = 0; i < values_.size(); ++i)
            result.values_[i] -= before.values_[i];
        return result;
    }
    Counts operator*(u64 times) const {
        Counts result = *this;
        for (u64& value : result.values_)
            value *= times;
        return result;
    }

private:
    std::array<u64, 8> values_{};
};

} // namespace tinysim
