#include "kernels/requantize.hpp"

namespace kernels {

std::int32_t multiply_by_quantized_multiplier(std::int32_t value, std::int32_t multiplier,
                                              int shift) {
    const int left = shift > 0 ? shift : 0;
    const int right = shift > 0 ? 0 : -shift;
    const auto shifted =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << left);
    const std::int64_t product = std::int64_t{shifted} * multiplier;
    // INT32_MIN * INT32_MIN is the one product that does not fit.
    const bool overflows = shifted == INT32_MIN && multiplier == INT32_MIN;
    const auto high = overflows ? INT32_MAX
                                : static_cast<std::int32_t>((product + (1 << 30)) >> 31);
    if (right == 0)
        return high;
    const std::int64_t half = std::int64_t{1} << (right - 1);
    return static_cast<std::int32_t>((std::int64_t{high} + (high >> 31) + half) >> right);
}

} // namespace kernels
