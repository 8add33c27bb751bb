#include "kernels/binary.hpp"

#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>

namespace kernels {
namespace {

template <class Arithmetic> struct Node {
    Arithmetic arithmetic;
    Broadcast shape;
};

struct None {};

/// The node's state, with the shapes looked at; null when something does not fit.
template <class Arithmetic> Node<Arithmetic>* make(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = allocate<Node<Arithmetic>>(context, 1);
    node->user_data = state;
    const bool fits = state && first->type == output->type && second->type == output->type &&
                      broadcast_of(first, second, output, state->shape);
    return fits ? state : nullptr;
}

TfLiteStatus prepare_product(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteMulParams*>(node->builtin_data);
    const TfLiteQuantizationParams first = tflite::GetInput(context, node, 0)->params;
    const TfLiteQuantizationParams second = tflite::GetInput(context, node, 1)->params;
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = make<Product>(context, node);
    TF_LITE_ENSURE(context, state != nullptr);
    Product& product = state->arithmetic;
    product.first_zero = first.zero_point;
    product.second_zero = second.zero_point;
    tflite::QuantizeMultiplier(static_cast<double>(first.scale) *
                                   static_cast<double>(second.scale) /
                                   static_cast<double>(output->params.scale),
                               &product.multiplier, &product.shift);
    product.range.zero_point = output->params.zero_point;
    return tflite::CalculateActivationRangeQuantized(
        context, params->activation, output, &product.range.minimum, &product.range.maximum);
}

TfLiteStatus prepare_squared_difference(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input[] = {tflite::GetInput(context, node, 0),
                                   tflite::GetInput(context, node, 1)};
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const int left_shift = output->type == kTfLiteInt8 ? 7 : 0; // TFLite's
    auto* const state = make<Sum>(context, node);
    TF_LITE_ENSURE(context, state != nullptr);
    Sum& sum = state->arithmetic;
    const double twice_scale =
        2.0 * static_cast<double>(std::max(input[0]->params.scale, input[1]->params.scale));
    for (int i = 0; i < 2; ++i) {
        sum.zero[i] = input[i]->params.zero_point;
        tflite::QuantizeMultiplierSmallerThanOneExp(static_cast<double>(input[i]->params.scale) /
                                                        twice_scale,
                                                    &sum.multiplier[i], &sum.shift[i]);
    }
    sum.left_shift = left_shift;
    sum.sign = -1;
    sum.squared = true;
    tflite::QuantizeMultiplier(
        twice_scale * twice_scale /
            ((1 << (2 * left_shift)) * static_cast<double>(output->params.scale)),
        &sum.output_multiplier, &sum.output_shift);
    sum.range.zero_point = output->params.zero_point;
    return tflite::CalculateActivationRangeQuantized(context, kTfLiteActNone, output,
                                                     &sum.range.minimum, &sum.range.maximum);
}

template <class Arithmetic, auto small, auto wide>
TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node<Arithmetic>*>(node->user_data);
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    if (output->type == kTfLiteInt16)
        wide(state.arithmetic, state.shape, first->data.i16, second->data.i16, output->data.i16);
    else
        small(state.arithmetic, state.shape, first->data.int8, second->data.int8,
              output->data.int8);
    return kTfLiteOk;
}

TfLiteStatus prepare_extreme(TfLiteContext* context, TfLiteNode* node) {
    TF_LITE_ENSURE(context, make<None>(context, node) != nullptr);
    return kTfLiteOk;
}

template <bool greater, class T>
void choose(const Broadcast& shape, const T* first, const T* second, T* output) {
    for_each_row(shape, first, second, output,
                 [](const T* a, int a_step, const T* b, int b_step, T* to, int count) {
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step)
                         to[i] = greater == (*a > *b) ? *a : *b;
                 });
}

template <bool greater> TfLiteStatus invoke_extreme(TfLiteContext* context, TfLiteNode* node) {
    const Broadcast& shape = static_cast<const Node<None>*>(node->user_data)->shape;
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    switch (output->type) {
    case kTfLiteInt8:
        choose<greater>(shape, first->data.int8, second->data.int8, output->data.int8);
        return kTfLiteOk;
    case kTfLiteInt16:
        choose<greater>(shape, first->data.i16, second->data.i16, output->data.i16);
        return kTfLiteOk;
    case kTfLiteInt32:
        choose<greater>(shape, first->data.i32, second->data.i32, output->data.i32);
        return kTfLiteOk;
    default:
        choose<greater>(shape, first->data.f, second->data.f, output->data.f);
        return kTfLiteOk;
    }
}

using Products8 = void (*)(const Product&, const Broadcast&, const std::int8_t*, const std::int8_t*,
                           std::int8_t*);
using Products16 = void (*)(const Product&, const Broadcast&, const std::int16_t*,
                            const std::int16_t*, std::int16_t*);
using Sums8 = void (*)(const Sum&, const Broadcast&, const std::int8_t*, const std::int8_t*,
                       std::int8_t*);
using Sums16 = void (*)(const Sum&, const Broadcast&, const std::int16_t*, const std::int16_t*,
                        std::int16_t*);

} // namespace

TfLiteRegistration* Register_MUL() {
    return registration<prepare_product, invoke<Product, static_cast<Products8>(multiply),
                                                static_cast<Products16>(multiply)>>();
}

TfLiteRegistration* Register_SQUARED_DIFFERENCE() {
    return registration<prepare_squared_difference,
                        invoke<Sum, static_cast<Sums8>(sum), static_cast<Sums16>(sum)>>();
}

TfLiteRegistration* Register_MAXIMUM() {
    return registration<prepare_extreme, invoke_extreme<true>>();
}

TfLiteRegistration* Register_MINIMUM() {
    return registration<prepare_extreme, invoke_extreme<false>>();
}

} // namespace kernels
