#include "kernels/reduction.hpp"

#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/moves.hpp"
#include "tflm/working_memory.hpp"

#include <algorithm>

namespace kernels {
namespace {

struct Node {
    Reduction reduction;
    std::int32_t multiplier;
    int shift;
    std::int32_t zero; ///< of all elements into one output
    OutputRange range;
};

/// The division by how many elements there are, within the multiplier: as far to the left as
/// TFLite goes.
void divide(Node& state, int count) {
    int left = 31 - __builtin_clz(static_cast<unsigned>(count));
    left = std::min(left, 31 + state.shift);
    state.multiplier = static_cast<std::int32_t>((std::int64_t{state.multiplier} << left) / count);
    state.shift -= left;
}

Node* make(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* axes = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = allocate<Node>(context, 1);
    if (!state || input->dims->size > Reduction::max_rank - 1 || !is_constant(axes) ||
        input->type != output->type)
        return nullptr;
    node->user_data = state;
    *state = {};
    Reduction all{};
    all.rank = input->dims->size;
    for (int i = 0; i < all.rank; ++i) {
        all.count[i] = input->dims->data[i];
        all.kept[i] = true;
    }
    for (int i = 0; i < tflite::NumElements(axes); ++i) {
        const int axis = number_at(axes, i);
        const int at = axis < 0 ? axis + all.rank : axis;
        if (at < 0 || at >= all.rank)
            return nullptr;
        all.kept[at] = false;
    }
    state->reduction = simplified(all);
    return state->reduction.outputs() == tflite::NumElements(output) ? state : nullptr;
}

template <bool mean> TfLiteStatus prepare_sum(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    Node* state = make(context, node);
    TF_LITE_ENSURE(context, state != nullptr);
    const Reduction& reduction = state->reduction;
    TF_LITE_ENSURE(context, has_working_memory(static_cast<std::size_t>(reduction.outputs()) *
                                               sizeof(std::int32_t)));
    if (input->type == kTfLiteFloat32)
        return kTfLiteOk;
    tflite::QuantizeMultiplier(static_cast<double>(input->params.scale) /
                                   static_cast<double>(output->params.scale),
                               &state->multiplier, &state->shift);
    state->zero = input->params.zero_point * reduction.reduced();
    if (mean)
        divide(*state, reduction.reduced());
    const bool small = output->type == kTfLiteInt8;
    state->range = {output->params.zero_point, small ? -128 : -32768, small ? 127 : 32767};
    return kTfLiteOk;
}

template <class T> void requantize(const Node& state, const std::int32_t* sums, T* output) {
    for (int i = 0; i < state.reduction.outputs(); ++i) {
        const std::int32_t value =
            multiply_by_quantized_multiplier(sums[i] - state.zero, state.multiplier, state.shift) +
            state.range.zero_point;
        output[i] =
            static_cast<T>(std::min(std::max(value, state.range.minimum), state.range.maximum));
    }
}

template <bool mean> TfLiteStatus invoke_sum(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const sums = static_cast<std::int32_t*>(working_memory());
    if (input->type == kTfLiteInt8) {
        sum_up(state.reduction, input->data.int8, sums);
        requantize(state, sums, output->data.int8);
    } else if (input->type == kTfLiteInt16) {
        sum_up(state.reduction, input->data.i16, sums);
        requantize(state, sums, output->data.i16);
    } else {
        sum_up(state.reduction, input->data.f, output->data.f);
        const auto count = static_cast<float>(state.reduction.reduced());
        for (int i = 0; mean && i < state.reduction.outputs(); ++i)
            output->data.f[i] /= count;
    }
    return kTfLiteOk;
}

TfLiteStatus prepare_extreme(TfLiteContext* context, TfLiteNode* node) {
    TF_LITE_ENSURE(context, make(context, node) != nullptr);
    return kTfLiteOk;
}

template <bool greatest, class T> void find(const Reduction& reduction, const T* input, T* output) {
    if (greatest)
        find_greatest(reduction, input, output);
    else
        find_least(reduction, input, output);
}

template <bool greatest> TfLiteStatus invoke_extreme(TfLiteContext* context, TfLiteNode* node) {
    const Reduction& reduction = static_cast<const Node*>(node->user_data)->reduction;
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    if (input->type == kTfLiteInt8)
        find<greatest>(reduction, input->data.int8, output->data.int8);
    else
        find<greatest>(reduction, input->data.f, output->data.f);
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_MEAN() { return registration<prepare_sum<true>, invoke_sum<true>>(); }
TfLiteRegistration* Register_SUM() { return registration<prepare_sum<false>, invoke_sum<false>>(); }
TfLiteRegistration* Register_REDUCE_MAX() {
    return registration<prepare_extreme, invoke_extreme<true>>();
}
TfLiteRegistration* Register_REDUCE_MIN() {
    return registration<prepare_extreme, invoke_extreme<false>>();
}

} // namespace kernels
