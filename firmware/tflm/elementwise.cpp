#include "kernels/elementwise.hpp"

#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/registrations.hpp"
#include "tflm/tensors.hpp"

#include <algorithm>
#include <new>

namespace kernels {
namespace {

void* init_addition(TfLiteContext* context, const char*, std::size_t) {
    auto* const memory = allocate<Addition>(context, 1);
    return memory ? new (memory) Addition{} : nullptr;
}

TfLiteStatus prepare_addition(TfLiteContext* context, TfLiteNode* node) {
    constexpr int left_shift = 20; // TFLite's for int8
    const auto* params = static_cast<const TfLiteAddParams*>(node->builtin_data);
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(first) && is_int8(second) && is_int8(output));
    TF_LITE_ENSURE(context, tflite::HaveSameShapes(first, second));

    auto& addition = *static_cast<Addition*>(node->user_data);
    const double twice_scale =
        2.0 * static_cast<double>(std::max(first->params.scale, second->params.scale));
    const auto make_table = [&](const TfLiteTensor* tensor) {
        auto* const table = allocate<std::int32_t>(context, 256);
        std::int32_t multiplier = 0;
        int shift = 0;
        tflite::QuantizeMultiplierSmallerThanOneExp(
            static_cast<double>(tensor->params.scale) / twice_scale, &multiplier, &shift);
        if (table)
            fill_addition_table(tensor->params.zero_point, left_shift, multiplier, shift, table);
        return table;
    };
    addition.first = make_table(first);
    addition.second = make_table(second);
    TF_LITE_ENSURE(context, addition.first && addition.second);
    tflite::QuantizeMultiplierSmallerThanOneExp(
        twice_scale / ((1 << left_shift) * static_cast<double>(output->params.scale)),
        &addition.multiplier, &addition.shift);
    addition.range.zero_point = output->params.zero_point;
    return tflite::CalculateActivationRangeQuantized(
        context, params->activation, output, &addition.range.minimum, &addition.range.maximum);
}

TfLiteStatus invoke_addition(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    add(*static_cast<const Addition*>(node->user_data), first->data.int8,
        tflite::GetInput(context, node, 1)->data.int8,
        tflite::GetOutput(context, node, 0)->data.int8,
        static_cast<std::size_t>(tflite::NumElements(first)));
    return kTfLiteOk;
}

TfLiteStatus invoke_pool(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLitePoolParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(output));
    OutputRange range{};
    TF_LITE_ENSURE_STATUS(tflite::CalculateActivationRangeQuantized(
        context, params->activation, output, &range.minimum, &range.maximum));
    average_pool(shape_of(input, output, params->filter_height, params->filter_width,
                          params->stride_height, params->stride_width, params->padding),
                 range, input->data.int8, output->data.int8);
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_ADD() {
    static TfLiteRegistration registration{};
    registration.init = init_addition;
    registration.prepare = prepare_addition;
    registration.invoke = invoke_addition;
    return &registration;
}

TfLiteRegistration* Register_AVERAGE_POOL_2D() {
    static TfLiteRegistration registration{};
    registration.invoke = invoke_pool;
    return &registration;
}

} // namespace kernels
