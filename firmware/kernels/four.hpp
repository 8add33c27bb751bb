#pragma once

#include "kernels/dsp.hpp"

namespace kernels {

/// The sums of four channels.
struct Four {
    std::int32_t sum[4];

    /// Adds two taps: `a` and `b` are four bytes each of the input.
    void add(std::uint32_t a, std::uint32_t b, const std::uint32_t* pairs) {
        const std::uint32_t low = pack_low(a, b);
        const std::uint32_t high = pack_high(a, b);
        sum[0] = smlad(sxtb16(low), pairs[0], sum[0]);
        sum[1] = smlad(sxtb16_odd(low), pairs[1], sum[1]);
        sum[2] = smlad(sxtb16(high), pairs[2], sum[2]);
        sum[3] = smlad(sxtb16_odd(high), pairs[3], sum[3]);
    }
};

} // namespace kernels
