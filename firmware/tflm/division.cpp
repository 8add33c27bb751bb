#include "kernels/broadcast.hpp"
#include "kernels/requantize.hpp"

#include "tensorflow/lite/kernels/internal/common.h"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>

/// DIV of int8: a quotient by the divisor's reciprocal, as TFLite has it.
namespace kernels {
namespace {

struct Node {
    Broadcast shape;
    std::int32_t first_zero, second_zero;
    std::int32_t multiplier;
    int shift;
    OutputRange range;
};

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteDivParams*>(node->builtin_data);
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    TF_LITE_ENSURE(context, is_int8(first) && is_int8(second) && is_int8(output));
    TF_LITE_ENSURE(context, broadcast_of(first, second, output, state->shape));
    state->first_zero = first->params.zero_point;
    state->second_zero = second->params.zero_point;
    // Of single precision, until it is taken apart.
    tflite::QuantizeMultiplier(
        static_cast<double>(first->params.scale / (second->params.scale * output->params.scale)),
        &state->multiplier, &state->shift);
    state->range.zero_point = output->params.zero_point;
    return tflite::CalculateActivationRangeQuantized(context, params->activation, output,
                                                     &state->range.minimum, &state->range.maximum);
}

std::int8_t divide(const Node& node, std::int32_t dividend, std::int32_t divisor) {
    if (divisor < 0) {
        dividend = -dividend;
        divisor = -divisor;
    }
    int over_one = 0;
    const std::int32_t inverse = tflite::GetReciprocal(divisor, 31, &over_one);
    const int headroom = tflite::CountLeadingSignBits(dividend);
    const std::int32_t quotient =
        tflite::MultiplyByQuantizedMultiplierGreaterThanOne(dividend, inverse, headroom);
    const std::int32_t value =
        node.range.zero_point + tflite::MultiplyByQuantizedMultiplierSmallerThanOneExp(
                                    quotient, node.multiplier, node.shift - over_one - headroom);
    return static_cast<std::int8_t>(
        std::clamp<std::int32_t>(value, node.range.minimum, node.range.maximum));
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    for_each_row(state.shape, tflite::GetInput(context, node, 0)->data.int8,
                 tflite::GetInput(context, node, 1)->data.int8,
                 tflite::GetOutput(context, node, 0)->data.int8,
                 [&](const std::int8_t* a, int a_step, const std::int8_t* b, int b_step,
                     std::int8_t* to, int count) {
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step)
                         to[i] = divide(state, *a - state.first_zero, *b - state.second_zero);
                 });
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_DIV() { return registration<prepare, invoke>(); }

} // namespace kernels
