#include "rtc_calibration.hpp"

namespace tinysim {
namespace {

constexpr unsigned cycle_bits = 20;
constexpr unsigned mask_bits = 9;
constexpr unsigned inserted_every_bits = 11;

/// CALM's bits that count.
u32 mask_of(u32 calr) {
    const u32 calm = calr & 0x1FF;
    if (bit<14>(calr))
        return calm & ~3u;
    return bit<13>(calr) ? calm & ~1u : calm;
}

} // namespace

RtcCalibration::RtcCalibration(u32 calr, u32 prediv_a)
    : mask_(mask_of(calr)), inserts_(bit<15>(calr) && prediv_a >= 3) {}

u64 RtcCalibration::in_cycle(u64 clocks) const {
    u64 out = clocks + (inserts_ ? clocks >> inserted_every_bits : 0);
    // Bit n masks 2^n clocks of a cycle, evenly spread: those at odd multiples of half their
    // distance, so that no two bits mask the same one.
    for (unsigned n = 0; n < mask_bits; ++n) {
        const u64 distance = u64{1} << (cycle_bits - n);
        if ((mask_ >> n & 1) != 0)
            out -= (clocks + distance / 2 - 1) / distance;
    }
    return out;
}

u64 RtcCalibration::since_start(u64 clocks) const {
    return clocks / cycle * in_cycle(cycle) + in_cycle(clocks % cycle);
}

u64 RtcCalibration::calibrated(u64 place, u64 clocks) const {
    return since_start(place + clocks) - since_start(place);
}

u64 RtcCalibration::needed(u64 place, u64 wanted) const {
    u64 low = 0;
    u64 high = wanted + wanted / 1024 + 2048; // fewer than one in 2048 is masked
    while (low < high) {
        const u64 middle = low + (high - low) / 2;
        if (calibrated(place, middle) >= wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

} // namespace tinysim
