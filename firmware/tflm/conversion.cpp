#include "kernels/requantize.hpp"

#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kernels {
namespace {

struct Node {
    std::int32_t multiplier;
    int shift;
};

template <class T> const T* data_of(const TfLiteTensor* tensor) {
    return static_cast<const T*>(static_cast<const void*>(tensor->data.raw));
}
template <class T> T* data_of(TfLiteTensor* tensor) {
    return static_cast<T*>(static_cast<void*>(tensor->data.raw));
}

/// Every element through `function`.
template <class From, class To, class Function>
void convert(const TfLiteTensor* input, TfLiteTensor* output, Function function) {
    const From* from = data_of<From>(input);
    To* to = data_of<To>(output);
    for (std::int64_t left = tflite::NumElements(input); left > 0; --left)
        *to++ = function(*from++);
}

template <class To> To saturated(std::int32_t value) {
    constexpr std::int32_t low = std::numeric_limits<To>::min();
    constexpr std::int32_t high = std::numeric_limits<To>::max();
    return static_cast<To>(std::min(std::max(value, low), high));
}

TfLiteStatus prepare_quantize(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, output->type == kTfLiteInt8 || output->type == kTfLiteInt16 ||
                                output->type == kTfLiteUInt8);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    *state = {};
    if (input->type != kTfLiteFloat32)
        tflite::QuantizeMultiplier(static_cast<double>(input->params.scale) /
                                       static_cast<double>(output->params.scale),
                                   &state->multiplier, &state->shift);
    return kTfLiteOk;
}

template <class To>
void quantize(const Node& state, const TfLiteTensor* input, TfLiteTensor* output) {
    const std::int32_t zero = output->params.zero_point;
    const std::int32_t input_zero = input->params.zero_point;
    const auto requantized = [&](std::int32_t value) {
        return saturated<To>(
            multiply_by_quantized_multiplier(value - input_zero, state.multiplier, state.shift) +
            zero);
    };
    if (input->type == kTfLiteInt8)
        convert<std::int8_t, To>(input, output, requantized);
    else if (input->type == kTfLiteUInt8)
        convert<std::uint8_t, To>(input, output, requantized);
    else if (input->type == kTfLiteInt16)
        convert<std::int16_t, To>(input, output, requantized);
    else
        convert<float, To>(input, output, [&](float value) {
            return saturated<To>(
                static_cast<std::int32_t>(std::round(value / output->params.scale)) + zero);
        });
}

TfLiteStatus invoke_quantize(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    if (output->type == kTfLiteInt8)
        quantize<std::int8_t>(state, input, output);
    else if (output->type == kTfLiteUInt8)
        quantize<std::uint8_t>(state, input, output);
    else
        quantize<std::int16_t>(state, input, output);
    return kTfLiteOk;
}

TfLiteStatus prepare_dequantize(TfLiteContext* context, TfLiteNode* node) {
    TF_LITE_ENSURE_EQ(context, tflite::GetOutput(context, node, 0)->type, kTfLiteFloat32);
    return kTfLiteOk;
}

TfLiteStatus invoke_dequantize(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const auto scale = static_cast<double>(input->params.scale);
    const auto dequantized = [&](std::int32_t value) {
        return static_cast<float>(scale * (value - input->params.zero_point));
    };
    if (input->type == kTfLiteInt8)
        convert<std::int8_t, float>(input, output, dequantized);
    else if (input->type == kTfLiteUInt8)
        convert<std::uint8_t, float>(input, output, dequantized);
    else
        convert<std::int16_t, float>(input, output, dequantized);
    return kTfLiteOk;
}

template <class From>
TfLiteStatus cast_from(TfLiteContext* context, const TfLiteTensor* input, TfLiteTensor* output) {
    switch (output->type) {
    case kTfLiteInt8:
        convert<From, std::int8_t>(input, output,
                                   [](From x) { return static_cast<std::int8_t>(x); });
        return kTfLiteOk;
    case kTfLiteInt16:
        convert<From, std::int16_t>(input, output,
                                    [](From x) { return static_cast<std::int16_t>(x); });
        return kTfLiteOk;
    case kTfLiteInt32:
        convert<From, std::int32_t>(input, output,
                                    [](From x) { return static_cast<std::int32_t>(x); });
        return kTfLiteOk;
    case kTfLiteFloat32:
        convert<From, float>(input, output, [](From x) { return static_cast<float>(x); });
        return kTfLiteOk;
    default:
        TF_LITE_KERNEL_LOG(context, "CAST to %s", TfLiteTypeGetName(output->type));
        return kTfLiteError;
    }
}

TfLiteStatus invoke_cast(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    switch (input->type) {
    case kTfLiteInt8:
        return cast_from<std::int8_t>(context, input, output);
    case kTfLiteInt16:
        return cast_from<std::int16_t>(context, input, output);
    case kTfLiteInt32:
        return cast_from<std::int32_t>(context, input, output);
    case kTfLiteBool:
        return cast_from<bool>(context, input, output);
    default:
        return cast_from<float>(context, input, output);
    }
}

} // namespace

TfLiteRegistration* Register_QUANTIZE() {
    return registration<prepare_quantize, invoke_quantize>();
}
TfLiteRegistration* Register_DEQUANTIZE() {
    return registration<prepare_dequantize, invoke_dequantize>();
}
TfLiteRegistration* Register_CAST() { return registration<nullptr, invoke_cast>(); }

} // namespace kernels
