#include "kernels/requantize.hpp"

namespace kernels {

std::int32_t multiply_by_quantized_multiplier(std::int32_t value, std::int32_t multiplier,
                                              int shift) {
    const int left = shift > 0 ? shift : 0;
    const int right = shift > 0 ? 0 : -shift;
    const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << left);
    const std::int64_t product = std::int64_t{shifted} * multiplier;
    // INT32_MIN * INT32_MIN is the one product that does not fit.
    const bool overflows = shifted == INT32_MIN && multiplier == INT32_MIN;
    const auto high =
        overflows ? INT32_MAX : static_cast<std::int32_t>((product + (1 << 30)) >> 31);
    if (right == 0)
        return high;
    const std::int64_t half = std::int64_t{1} << (right - 1);
    return static_cast<std::int32_t>((std::int64_t{high} + (high >> 31) + half) >> right);
}

void clamp(const OutputRange& range, std::int8_t* values, int count) {
    if (range.minimum <= -128 && range.maximum >= 127)
        return;
    for (int i = 0; i < count; ++i) {
        const std::int32_t value = values[i] < range.minimum ? range.minimum : values[i];
        values[i] = static_cast<std::int8_t>(value > range.maximum ? range.maximum : value);
    }
}

namespace {

/// The input less its zero point is 255 at most, each way.
std::int64_t widest(std::int32_t weight_magnitude) { return std::int64_t{weight_magnitude} * 255; }

std::int32_t clamped(std::int64_t sum) {
    return static_cast<std::int32_t>(sum < INT32_MIN   ? INT32_MIN
                                     : sum > INT32_MAX ? INT32_MAX
                                                       : sum);
}

} // namespace

Channel make_channel(std::int32_t bias, std::int32_t input_zero_point, std::int32_t weight_sum,
                     std::int32_t weight_magnitude, std::int32_t multiplier, int shift) {
    const std::int32_t low = clamped(bias - widest(weight_magnitude));
    const std::int32_t high = clamped(bias + widest(weight_magnitude));
    if (multiply_by_quantized_multiplier(low, multiplier, shift) == 0 &&
        multiply_by_quantized_multiplier(high, multiplier, shift) == 0)
        return {0, 0, 0};
    if (weight_magnitude == 0) {
        // Always the same: four times it, halved twice. Beyond 1024 int8 saturates anyway.
        const std::int32_t constant = multiply_by_quantized_multiplier(bias, multiplier, shift);
        const std::int32_t bounded = constant < -1024 ? -1024 : constant > 1024 ? 1024 : constant;
        return {4 * bounded, 1 << 30, 0};
    }
    return {bias - input_zero_point * weight_sum, multiplier, -shift - 1};
}

std::uint32_t* write_finish(const Channel& channel, std::int32_t output_zero_point,
                            std::uint32_t* to) {
    *to++ = static_cast<std::uint32_t>(channel.multiplier);
    *to++ = static_cast<std::uint32_t>(2 * output_zero_point + 1) << channel.shift;
    *to++ = static_cast<std::uint32_t>(channel.shift + 1);
    return to;
}

bool is_quick(const Channel& channel, std::int32_t weight_magnitude) {
    const std::int64_t limit = (std::int64_t{1} << 30) - 1;
    const std::int64_t bias = channel.bias < 0 ? -std::int64_t{channel.bias} : channel.bias;
    const bool fits = channel.multiplier == 0 || bias + widest(weight_magnitude) <= limit;
    return fits && channel.shift >= 0 && channel.shift < 31;
}

} // namespace kernels
