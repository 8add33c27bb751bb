#include "kernels/binary.hpp"
#include "kernels/elementwise.hpp"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/places.hpp"
#include "tflm/tensors.hpp"

#include <algorithm>

namespace kernels {
namespace {

struct Node {
    Addition tables; ///< for int8, where RAM has room for them
    Sum sum;
    Broadcast shape;
};

constexpr int left_shift_int8 = 20; // TFLite's
constexpr int left_shift_int16 = 15;

void quantize(double scale, std::int32_t& multiplier, int& shift) {
    tflite::QuantizeMultiplierSmallerThanOneExp(scale, &multiplier, &shift);
}

/// `sign`: 1 for a sum, -1 for a difference.
TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node, int sign,
                     TfLiteFusedActivation activation) {
    const TfLiteTensor* input[] = {tflite::GetInput(context, node, 0),
                                   tflite::GetInput(context, node, 1)};
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    TF_LITE_ENSURE(context, input[0]->type == output->type && input[1]->type == output->type);
    TF_LITE_ENSURE(context, broadcast_of(input[0], input[1], output, state->shape));
    const bool small = output->type == kTfLiteInt8;
    const int left_shift = small ? left_shift_int8 : left_shift_int16;
    Sum& sum = state->sum;
    const double twice_scale =
        2.0 * static_cast<double>(std::max(input[0]->params.scale, input[1]->params.scale));
    for (int i = 0; i < 2; ++i) {
        sum.zero[i] = input[i]->params.zero_point;
        quantize(static_cast<double>(input[i]->params.scale) / twice_scale, sum.multiplier[i],
                 sum.shift[i]);
    }
    sum.left_shift = left_shift;
    sum.sign = sign;
    sum.squared = false;
    quantize(twice_scale / ((1 << left_shift) * static_cast<double>(output->params.scale)),
             sum.output_multiplier, sum.output_shift);
    sum.range.zero_point = output->params.zero_point;
    TF_LITE_ENSURE_STATUS(tflite::CalculateActivationRangeQuantized(
        context, activation, output, &sum.range.minimum, &sum.range.maximum));
    if (!small)
        return kTfLiteOk;
    constexpr int values = 256;
    const auto rounds = 1 + static_cast<std::uint32_t>(tflite::NumElements(output)) / values;
    auto* const first = static_cast<std::int32_t*>(
        find_place(context, sizeof(std::int32_t) * 2 * values, rounds).memory);
    state->tables = {};
    if (!first)
        return kTfLiteOk;
    std::int32_t* const second = first + values;
    fill_addition_table(sum.zero[0], left_shift, sum.multiplier[0], sum.shift[0], first);
    fill_addition_table(sum.zero[1], left_shift, sum.multiplier[1], sum.shift[1], second);
    for (int i = 0; sign < 0 && i < values; ++i)
        second[i] = -second[i];
    state->tables = {first, second, sum.output_multiplier, sum.output_shift, sum.range};
    return kTfLiteOk;
}

TfLiteStatus prepare_addition(TfLiteContext* context, TfLiteNode* node) {
    return prepare(context, node, 1,
                   static_cast<const TfLiteAddParams*>(node->builtin_data)->activation);
}

TfLiteStatus prepare_subtraction(TfLiteContext* context, TfLiteNode* node) {
    return prepare(context, node, -1,
                   static_cast<const TfLiteSubParams*>(node->builtin_data)->activation);
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const std::int8_t* const first = tflite::GetInput(context, node, 0)->data.int8;
    const std::int8_t* const second = tflite::GetInput(context, node, 1)->data.int8;
    std::int8_t* const output = tflite::GetOutput(context, node, 0)->data.int8;
    if (state.tables.first)
        add(state.tables, state.shape, first, second, output);
    else
        sum(state.sum, state.shape, first, second, output);
    return kTfLiteOk;
}

TfLiteStatus invoke_int16(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    sum(state.sum, state.shape, tflite::GetInput(context, node, 0)->data.i16,
        tflite::GetInput(context, node, 1)->data.i16,
        tflite::GetOutput(context, node, 0)->data.i16);
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_ADD() { return registration<prepare_addition, invoke>(); }
TfLiteRegistration* Register_SUB() { return registration<prepare_subtraction, invoke>(); }
TfLiteRegistration* Register_ADD_int16() { return registration<prepare_addition, invoke_int16>(); }
TfLiteRegistration* Register_SUB_int16() {
    return registration<prepare_subtraction, invoke_int16>();
}

} // namespace kernels
