#pragma once

#include "../../types.hpp"

namespace tinysim {

/// Smooth calibration of RTC (RM0432 46.3.12): in each cycle of 2^20 clocks, CALM of them are
/// masked, and with CALP one is inserted every 2^11. CALW8 and CALW16 shorten the cycle to 2^18 or
/// 2^19 clocks by ignoring the low bits of CALM.
class RtcCalibration {
public:
    static constexpr u64 cycle = 1u << 20;

    /// `calr` as the register has it; PREDIV_A below 3 leaves no room for CALP.
    RtcCalibration(u32 calr, u32 prediv_a);

    bool is_off() const { return mask_ == 0 && !inserts_; }
    /// Clocks that come out in the first `clocks` of a cycle.
    u64 in_cycle(u64 clocks) const;
    /// Clocks that come out of `clocks`, beginning at a place in the cycle.
    u64 calibrated(u64 place, u64 clocks) const;
    /// How many clocks it takes until at least `wanted` have come out.
    u64 needed(u64 place, u64 wanted) const;

private:
    u64 since_start(u64 clocks) const;

    u32 mask_;
    bool inserts_;
};

} // namespace tinysim
