#include "kernels/requantize.hpp"
#include "kernels/sigmoid.hpp"

#include "tensorflow/lite/kernels/internal/common.h"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>
#include <cmath>

/// Functions of one int16, whose zero point is 0.
namespace kernels {
namespace {

struct Node {
    std::int32_t positive_multiplier, negative_multiplier;
    int positive_shift, negative_shift;
    std::int32_t low, high;
    Fineness fineness;
};

constexpr std::int32_t least = -32768;
constexpr std::int32_t most = 32767;

Node* make(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = allocate<Node>(context, 1);
    if (!state || output->type != kTfLiteInt16 || input->params.zero_point != 0 ||
        output->params.zero_point != 0)
        return nullptr;
    node->user_data = state;
    *state = {};
    return state;
}

/// Each value, below 0 and above it times what the two tensors' scales make of it.
TfLiteStatus prepare_slopes(TfLiteContext* context, TfLiteNode* node, float negative) {
    const auto input = static_cast<double>(tflite::GetInput(context, node, 0)->params.scale);
    const auto output = static_cast<double>(tflite::GetOutput(context, node, 0)->params.scale);
    Node* state = make(context, node);
    TF_LITE_ENSURE(context, state != nullptr);
    tflite::QuantizeMultiplier(input / output, &state->positive_multiplier, &state->positive_shift);
    tflite::QuantizeMultiplier(input * static_cast<double>(negative) / output,
                               &state->negative_multiplier, &state->negative_shift);
    state->low = least;
    state->high = most;
    return kTfLiteOk;
}

TfLiteStatus prepare_relu(TfLiteContext* context, TfLiteNode* node) {
    TF_LITE_ENSURE_STATUS(prepare_slopes(context, node, 1));
    static_cast<Node*>(node->user_data)->low = 0;
    return kTfLiteOk;
}

TfLiteStatus prepare_leaky_relu(TfLiteContext* context, TfLiteNode* node) {
    return prepare_slopes(context, node,
                          static_cast<const TfLiteLeakyReluParams*>(node->builtin_data)->alpha);
}

TfLiteStatus prepare_abs(TfLiteContext* context, TfLiteNode* node) {
    return prepare_slopes(context, node, -1);
}

/// The multiplier's sign is taken last, as the rounding of a negative product is another.
std::int32_t multiply(std::int32_t value, std::int32_t multiplier, int shift) {
    return multiplier < 0 ? -multiply_by_quantized_multiplier(value, -multiplier, shift)
                          : multiply_by_quantized_multiplier(value, multiplier, shift);
}

std::int16_t slope(const Node& state, std::int16_t x) {
    const std::int32_t value = x < 0 ? multiply(x, state.negative_multiplier, state.negative_shift)
                                     : multiply(x, state.positive_multiplier, state.positive_shift);
    return static_cast<std::int16_t>(std::min(std::max(value, state.low), state.high));
}

std::int16_t magnitude(const Node& state, std::int16_t x) {
    const std::int32_t value =
        multiply(std::abs(std::int32_t{x}), state.positive_multiplier, state.positive_shift);
    return static_cast<std::int16_t>(std::min(value, most));
}

/// TFLM's does not requantize.
TfLiteStatus prepare_relu6(TfLiteContext* context, TfLiteNode* node) {
    Node* state = make(context, node);
    TF_LITE_ENSURE(context, state != nullptr);
    const float six = std::round(6.0f / tflite::GetInput(context, node, 0)->params.scale);
    state->high = six < static_cast<float>(most) ? static_cast<std::int32_t>(six) : most;
    return kTfLiteOk;
}

std::int16_t clamped(const Node& state, std::int16_t x) {
    return static_cast<std::int16_t>(std::min(std::max<std::int32_t>(x, 0), state.high));
}

/// The powers of two, from 2^-12 on, that go without a multiplication of their own: `powers`.
template <int powers> TfLiteStatus prepare_curve(TfLiteContext* context, TfLiteNode* node) {
    Node* state = make(context, node);
    TF_LITE_ENSURE(context, state != nullptr);
    TF_LITE_ENSURE(context, tflite::GetOutput(context, node, 0)->params.scale == 1.0f / 32768);
    const auto scale = static_cast<double>(tflite::GetInput(context, node, 0)->params.scale);
    int power = 0;
    const bool is_power = std::frexp(scale, &power) == 0.5;
    const int left = 12 + power - 1;
    state->fineness =
        is_power && left >= 0 && left < powers ? fineness_of_power(left) : fineness_of(scale);
    return kTfLiteOk;
}

std::int16_t tanh(const Node& state, std::int16_t x) {
    return tangent(x, state.fineness, tflite::sigmoid_table_uint16);
}

std::int16_t logistic(const Node& state, std::int16_t x) {
    return sigmoid(x, state.fineness, tflite::sigmoid_table_uint16);
}

constexpr int root_shift = 20; // of a root, so that it stays a whole number

TfLiteStatus prepare_rsqrt(TfLiteContext* context, TfLiteNode* node) {
    Node* state = make(context, node);
    TF_LITE_ENSURE(context, state != nullptr);
    const float input = tflite::GetInput(context, node, 0)->params.scale;
    const float output = tflite::GetOutput(context, node, 0)->params.scale;
    tflite::QuantizeMultiplier(1.0 / static_cast<double>(std::sqrt(input) * output),
                               &state->positive_multiplier, &state->positive_shift);
    state->positive_shift -= root_shift;
    return kTfLiteOk;
}

std::int16_t inverse_root(const Node& state, std::int16_t x) {
    if (x == 0)
        return most;
    std::int32_t root = 0;
    int shift = 0;
    tflite::GetInvSqrtQuantizedMultiplierExp(x, -1, &root, &shift);
    const std::int32_t wide = multiply_by_quantized_multiplier(1, root, shift + root_shift);
    const std::int32_t value =
        multiply_by_quantized_multiplier(wide, state.positive_multiplier, state.positive_shift);
    return static_cast<std::int16_t>(std::clamp(value, least, most));
}

/// What is below 0 has no root, which ends an inference.
TfLiteStatus invoke_rsqrt(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const std::int16_t* from = input->data.i16;
    std::int16_t* to = tflite::GetOutput(context, node, 0)->data.i16;
    for (std::int64_t left = tflite::NumElements(input); left > 0; --left) {
        TF_LITE_ENSURE(context, *from >= 0);
        *to++ = inverse_root(state, *from++);
    }
    return kTfLiteOk;
}

template <auto function> TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const std::int16_t* from = input->data.i16;
    std::int16_t* to = tflite::GetOutput(context, node, 0)->data.i16;
    for (std::int64_t left = tflite::NumElements(input); left > 0; --left)
        *to++ = function(state, *from++);
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_ABS_int16() { return registration<prepare_abs, invoke<magnitude>>(); }
TfLiteRegistration* Register_LEAKY_RELU_int16() {
    return registration<prepare_leaky_relu, invoke<slope>>();
}
TfLiteRegistration* Register_LOGISTIC_int16() {
    return registration<prepare_curve<1>, invoke<logistic>>();
}
TfLiteRegistration* Register_RELU_int16() { return registration<prepare_relu, invoke<slope>>(); }
TfLiteRegistration* Register_RSQRT_int16() { return registration<prepare_rsqrt, invoke_rsqrt>(); }
TfLiteRegistration* Register_RELU6_int16() {
    return registration<prepare_relu6, invoke<clamped>>();
}
TfLiteRegistration* Register_TANH_int16() { return registration<prepare_curve<2>, invoke<tanh>>(); }

} // namespace kernels
