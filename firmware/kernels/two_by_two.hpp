#pragma once

#include "kernels/requantize.hpp"

namespace kernels {

/// The sums of two channels over two patches, see `multiply_in_lanes`.
struct TwoByTwo {
    std::int32_t first0, second0; ///< of the first patch
    std::int32_t first1, second1;

    TwoByTwo(const Channel& first, const Channel& second)
        : first0(first.bias), second0(second.bias), first1(first.bias), second1(second.bias) {}
    /// Four weights of each channel.
    void add(std::uint32_t first, std::uint32_t second, const std::uint32_t* patches) {
        const std::uint32_t even0 = sxtb16(first), odd0 = sxtb16_odd(first);
        const std::uint32_t even1 = sxtb16(second), odd1 = sxtb16_odd(second);
        first0 = smlad(odd0, patches[2], smlad(even0, patches[0], first0));
        second0 = smlad(odd1, patches[2], smlad(even1, patches[0], second0));
        first1 = smlad(odd0, patches[3], smlad(even0, patches[1], first1));
        second1 = smlad(odd1, patches[3], smlad(even1, patches[1], second1));
    }
};

} // namespace kernels
