#include "kernels/requantize.hpp"

#include "tensorflow/lite/kernels/internal/common.h"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tflite {

/// TFLM's logarithm calls this for `int`, which here is not int32_t as it takes for granted.
template <> inline int SaturatingRoundingMultiplyByPOTParam<int>(int x, int exponent) {
    if (exponent <= 0)
        return gemmlowp::RoundingDivideByPOT(std::int32_t{x}, -exponent);
    constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
    return static_cast<int>(
        std::min(std::max(std::int64_t{x} * (std::int64_t{1} << exponent), low), high));
}

} // namespace tflite

/// SOFTMAX of int16 and LOG_SOFTMAX: over the last dimension.
namespace kernels {
namespace {

/// A function of int16 by 512 values and lines between them.
constexpr int pieces = 512;
using Curve = std::int16_t[pieces + 1];

struct Node {
    std::int32_t multiplier, divisor;
    int shift, divisor_shift;
    std::int32_t least_difference;
    const Curve* exponential; ///< of -10 to 0
    const Curve* reciprocal;  ///< 1 / (1 + x) of 0 to 1
};

int depth_of(const TfLiteTensor* tensor) { return tensor->dims->data[tensor->dims->size - 1]; }

/// TFLite's table: each value moved by half of what the line misses in the middle.
template <class Function> const Curve* make_curve(TfLiteContext* context, Function function) {
    auto* const curve =
        reinterpret_cast<Curve*>(allocate<std::int16_t>(context, sizeof(Curve) / 2));
    if (!curve)
        return nullptr;
    constexpr float fine = 65536.0f / 2;
    const auto at = [&](float place) { return static_cast<float>(function(place)); };
    const auto saturated = [](float value) {
        return static_cast<std::int16_t>(std::min(std::max(value, -32768.0f), 32767.0f));
    };
    const float low = function.low;
    const float step = (function.high - low) / pieces;
    for (int i = 0; i < pieces; ++i) {
        const float here = at(low + static_cast<float>(i) * step);
        const float middle = at(low + static_cast<float>(i) * step + step / 2);
        const float next = at(low + static_cast<float>(i + 1) * step);
        const float line = std::round((next * fine + std::round(here * fine)) / 2);
        const float bias = std::round((line - std::round(middle * fine)) / 2);
        (*curve)[i] = saturated(std::round(here * fine) - bias);
    }
    (*curve)[pieces] = saturated(std::round(at(function.high) * fine));
    return curve;
}

/// In double precision, so that every C library rounds to the same float.
struct Exponential {
    float low, high;
    double operator()(float x) const { return std::exp(static_cast<double>(x)); }
};
struct Reciprocal {
    float low, high;
    float operator()(float x) const { return 1.0f / (1.0f + x); }
};

std::int16_t look_up(const Curve& curve, std::int32_t value) {
    value = std::min(std::max(value, std::int32_t{-32768}), std::int32_t{32767});
    const int at = 256 + (value >> 7);
    const auto slope = static_cast<std::int16_t>(curve[at + 1] - curve[at]);
    return static_cast<std::int16_t>(curve[at] + ((slope * (value & 0x7F) + 64) >> 7));
}

TfLiteStatus prepare_softmax(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteSoftmaxParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE_EQ(context, output->type, kTfLiteInt16);
    TF_LITE_ENSURE(context, input->params.zero_point == 0 && output->params.zero_point == 0);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    *state = {};
    constexpr float range = 65535;
    constexpr float tenth = 10.0f / range;
    constexpr float one = 1.0f / range;
    state->exponential =
        make_curve(context, Exponential{tenth * (-32768 - 32767), tenth * (32767 - 32767)});
    state->reciprocal =
        make_curve(context, Reciprocal{one * (-32768 + 32768), one * (32767 + 32768)});
    TF_LITE_ENSURE(context, state->exponential && state->reciprocal);
    tflite::QuantizeMultiplier(static_cast<double>(input->params.scale) *
                                   static_cast<double>(params->beta) / (10.0 / 65535.0),
                               &state->multiplier, &state->shift);
    return kTfLiteOk;
}

void softmax(const Node& state, const std::int16_t* from, std::int16_t* to, int depth) {
    const std::int16_t greatest = *std::max_element(from, from + depth);
    std::int32_t sum = 0;
    for (int i = 0; i < depth; ++i) {
        const std::int32_t difference =
            multiply_by_quantized_multiplier(from[i] - greatest, state.multiplier, state.shift);
        to[i] = look_up(*state.exponential, difference + 32767);
        sum += to[i];
    }
    const int headroom = __builtin_clz(static_cast<unsigned>(sum | 1));
    // Between 1 and 2, of 16 bits; less 1 and less the middle of int16.
    const auto normal =
        static_cast<std::int32_t>(((std::int64_t{sum} << (headroom - 1)) + (1 << 13)) >> 14);
    const std::int16_t reciprocal = look_up(*state.reciprocal, normal - ((1 << 15) + (1 << 16)));
    const int shift = 31 - headroom;
    for (int i = 0; i < depth; ++i) {
        const std::int64_t product = std::int64_t{to[i]} * reciprocal;
        const auto value =
            static_cast<std::int32_t>((product + (std::int64_t{1} << (shift - 1))) >> shift);
        to[i] = static_cast<std::int16_t>(
            std::min(std::max(value, std::int32_t{0}), std::int32_t{32767}));
    }
}

TfLiteStatus invoke_softmax(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const int depth = depth_of(input);
    const std::int16_t* from = input->data.i16;
    std::int16_t* to = tflite::GetOutput(context, node, 0)->data.i16;
    for (std::int64_t left = tflite::NumElements(input); left > 0; left -= depth) {
        softmax(*static_cast<const Node*>(node->user_data), from, to, depth);
        from += depth;
        to += depth;
    }
    return kTfLiteOk;
}

constexpr int input_bits = 5; // integer ones, of the differences to the greatest
constexpr int sum_bits = 12;
constexpr int output_bits = 4;

TfLiteStatus prepare_logarithm(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE_EQ(context, input->type, output->type);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    *state = {};
    if (input->type == kTfLiteFloat32)
        return kTfLiteOk;
    TF_LITE_ENSURE(context, output->params.scale == 16.0f / 256);
    TF_LITE_ENSURE_EQ(context, output->params.zero_point, 127);
    tflite::PreprocessLogSoftmaxScalingExp(1.0, static_cast<double>(input->params.scale),
                                           input_bits, &state->multiplier, &state->shift,
                                           &state->divisor, &state->divisor_shift);
    state->least_difference = -tflite::CalculateInputRadius(input_bits, state->shift);
    return kTfLiteOk;
}

void logarithm(const Node& state, const std::int8_t* from, std::int8_t* to, int depth) {
    using Difference = gemmlowp::FixedPoint<std::int32_t, input_bits>;
    using Sum = gemmlowp::FixedPoint<std::int32_t, sum_bits>;
    const std::int8_t greatest = *std::max_element(from, from + depth);
    const auto scaled = [&](int difference) {
        return multiply_by_quantized_multiplier(difference, state.multiplier, state.shift);
    };
    Sum sum = Sum::FromRaw(0);
    for (int i = 0; i < depth; ++i) {
        const std::int32_t difference = from[i] - greatest;
        if (difference >= state.least_difference)
            sum = sum + gemmlowp::Rescale<sum_bits>(
                            exp_on_negative_values(Difference::FromRaw(scaled(difference))));
    }
    const std::int32_t log_sum =
        tflite::log_x_for_x_greater_than_or_equal_to_1<input_bits>(sum).raw();
    const std::int32_t lowest = std::max(
        state.least_difference - 1,
        multiply_by_quantized_multiplier(log_sum + std::numeric_limits<std::int32_t>::min(),
                                         state.divisor, state.divisor_shift));
    for (int i = 0; i < depth; ++i) {
        const std::int32_t difference = from[i] - greatest;
        std::int32_t value = -128;
        if (difference > lowest)
            value = gemmlowp::RoundingDivideByPOT(scaled(difference) - log_sum,
                                                  31 - input_bits - output_bits) +
                    127;
        to[i] = static_cast<std::int8_t>(
            std::min(std::max(value, std::int32_t{-128}), std::int32_t{127}));
    }
}

void logarithm(const Node&, const float* from, float* to, int depth) {
    const float greatest = *std::max_element(from, from + depth);
    float sum = 0;
    for (int i = 0; i < depth; ++i)
        sum += std::exp(from[i] - greatest);
    const float log_sum = std::log(sum);
    for (int i = 0; i < depth; ++i)
        to[i] = from[i] - greatest - log_sum;
}

template <class T>
void logarithms(const TfLiteNode* node, const TfLiteTensor* input, const T* from, T* to) {
    const int depth = depth_of(input);
    for (std::int64_t left = tflite::NumElements(input); left > 0; left -= depth) {
        logarithm(*static_cast<const Node*>(node->user_data), from, to, depth);
        from += depth;
        to += depth;
    }
}

TfLiteStatus invoke_logarithm(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    if (input->type == kTfLiteInt8)
        logarithms(node, input, input->data.int8, output->data.int8);
    else
        logarithms(node, input, input->data.f, output->data.f);
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_SOFTMAX_int16() {
    return registration<prepare_softmax, invoke_softmax>();
}
TfLiteRegistration* Register_LOG_SOFTMAX() {
    return registration<prepare_logarithm, invoke_logarithm>();
}

} // namespace kernels
