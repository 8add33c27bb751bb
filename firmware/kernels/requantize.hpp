#pragma once

#include "kernels/dsp.hpp"

namespace kernels {

/// What becomes of a sum on its way to int8 (TFLite's int8 specification): times
/// multiplier * 2^shift / 2^31, in two roundings, plus the zero point, clamped.
struct OutputRange {
    std::int32_t zero_point;
    std::int32_t minimum;
    std::int32_t maximum;
};

/// What an activation leaves of `count` values that are saturated to int8 already.
void clamp(const OutputRange& range, std::int8_t* values, int count);

/// TFLite's MultiplyByQuantizedMultiplier, for any shift (positive: left).
std::int32_t multiply_by_quantized_multiplier(std::int32_t value, std::int32_t multiplier,
                                              int shift);

/// One output channel, as the quick way of `Requantizer` wants it.
struct Channel {
    std::int32_t bias; ///< with the input's zero point folded in
    std::int32_t multiplier;
    std::int32_t shift; ///< to the right, less one; see Requantizer
};

/// A channel of a layer, from its bias, the input's zero point, the sum of its weights and
/// that of their magnitudes, and the multiplier and shift (positive: left) of its scales. A
/// channel that gives 0 whatever comes in becomes one that multiplies by 0; one without weights, as
/// training leaves unused ones with biases of any size, gives its constant the quick way.
Channel make_channel(std::int32_t bias, std::int32_t input_zero_point, std::int32_t weight_sum,
                     std::int32_t weight_magnitude, std::int32_t multiplier, int shift);

/// Whether the quick way of `Requantizer` is exact for every sum that the channel can have.
bool is_quick(const Channel& channel, std::int32_t weight_magnitude);

/// Requantizes sums. The quick way needs sums below 2^30 and a right shift by one or more in
/// every channel, which is what trained models have; else the general one is taken.
///
/// It is exact: SMMULR of the doubled sum is the saturating rounding doubling high multiply,
/// as (2 a b + 2^31) >> 32 = (a b + 2^30) >> 31. The rounding division by 2^n, halves away
/// from zero, is (x + (x >> 31) + 2^(n-1)) >> n, of which the last bit of the shift is done
/// together with the zero point and the saturation.
class Requantizer {
public:
    /// `quick`: every channel's shift is to the right.
    Requantizer(const OutputRange& range, bool quick)
        : range_(range), offset_(2 * range.zero_point + 1), quick_(quick),
          clamps_(range.minimum > -128 || range.maximum < 127) {}

    std::int8_t operator()(std::int32_t sum, std::int32_t multiplier, std::int32_t shift) const {
        std::int32_t value;
        if (quick_) {
            value =
                smmulr(static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) << 1), multiplier);
            value = (value + (value >> 31)) >> shift;
            value = halve_and_saturate(value + offset_);
            if (!clamps_)
                return static_cast<std::int8_t>(value);
        } else {
            value =
                multiply_by_quantized_multiplier(sum, multiplier, -(shift + 1)) + range_.zero_point;
        }
        value = value < range_.minimum ? range_.minimum : value;
        return static_cast<std::int8_t>(value > range_.maximum ? range_.maximum : value);
    }

private:
    OutputRange range_;
    std::int32_t offset_;
    bool quick_;
    bool clamps_;
};

/// The words by which the kernels in assembly, and their twins, requantize a channel of sums that
/// are doubled: multiplier, addend, and shift. The addend is the zero point, shifted, as it is
/// added to the product.
constexpr int finish_words = 3;
std::uint32_t* write_finish(const Channel& channel, std::int32_t output_zero_point,
                            std::uint32_t* to);
inline std::int8_t finish(std::uint32_t doubled, const std::uint32_t* words) {
    const auto sum = static_cast<std::int32_t>(doubled);
    const std::int32_t addend = static_cast<std::int32_t>(words[1]) + (sum >> 31);
    const std::int32_t product = smmulr(sum, static_cast<std::int32_t>(words[0]));
    return static_cast<std::int8_t>(saturate((addend + product) >> words[2]));
}

/// Whether the addend of a channel whose sums are quick has room: it has 9 bits and is shifted, the
/// product has 30.
inline bool can_finish(const Channel& channel) { return channel.shift <= 21; }

} // namespace kernels
