#include "tflm/moves.hpp"

/// ARG_MAX, ARG_MIN and GATHER: where the greatest is, and what is where.
namespace kernels {
namespace {

struct Node {
    int outer, size, inner;
    int batches; ///< GATHER: of indices, each with `count`
    int count;
    int width;
};

Node* make(TfLiteContext* context, TfLiteNode* node, int axis) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    auto* const state = allocate<Node>(context, 1);
    axis = axis < 0 ? axis + input->dims->size : axis;
    if (!state || axis < 0 || axis >= input->dims->size)
        return nullptr;
    *state = {1, input->dims->data[axis], 1, 1, 0, width_of(input)};
    for (int i = 0; i < input->dims->size; ++i)
        (i < axis ? state->outer : state->inner) *= i == axis ? 1 : input->dims->data[i];
    node->user_data = state;
    return state;
}

TfLiteStatus prepare_extreme(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* axis = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_constant(axis));
    TF_LITE_ENSURE(context, make(context, node, number_at(axis, 0)) != nullptr);
    TF_LITE_ENSURE(context, output->type == kTfLiteInt32 || output->type == kTfLiteInt64);
    return kTfLiteOk;
}

template <bool greatest, class T>
void find(const Node& state, const T* input, TfLiteTensor* output) {
    for (int outer = 0; outer < state.outer; ++outer, input += state.size * state.inner)
        for (int inner = 0; inner < state.inner; ++inner) {
            int best = 0;
            for (int i = 1; i < state.size; ++i) {
                const T value = input[i * state.inner + inner];
                const T other = input[best * state.inner + inner];
                if (greatest ? value > other : value < other)
                    best = i;
            }
            const int at = outer * state.inner + inner;
            if (output->type == kTfLiteInt64)
                output->data.i64[at] = best;
            else
                output->data.i32[at] = best;
        }
}

template <bool greatest> TfLiteStatus invoke_extreme(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    if (input->type == kTfLiteInt8)
        find<greatest>(state, input->data.int8, output);
    else
        find<greatest>(state, input->data.f, output);
    return kTfLiteOk;
}

TfLiteStatus prepare_gather(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteGatherParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* indices = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE_EQ(context, input->type, output->type);
    TF_LITE_ENSURE_EQ(context, indices->type, kTfLiteInt32);
    Node* state = make(context, node, params->axis);
    TF_LITE_ENSURE(context, state != nullptr && state->width != 0);
    // This vintage does not read how many dimensions both have in common; the ranks say it.
    const int common = input->dims->size - 1 + indices->dims->size - output->dims->size;
    TF_LITE_ENSURE(context, common >= 0 && common <= indices->dims->size);
    for (int i = 0; i < common; ++i)
        state->batches *= indices->dims->data[i];
    state->count = static_cast<int>(tflite::NumElements(indices)) / state->batches;
    state->outer /= state->batches;
    return kTfLiteOk;
}

TfLiteStatus invoke_gather(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const std::int32_t* indices = tflite::GetInput(context, node, 1)->data.i32;
    const char* from = tflite::GetInput(context, node, 0)->data.raw;
    char* to = tflite::GetOutput(context, node, 0)->data.raw;
    const int slice = state.inner * state.width;
    for (int batch = 0; batch < state.batches; ++batch, indices += state.count)
        for (int outer = 0; outer < state.outer; ++outer, from += state.size * slice)
            for (int i = 0; i < state.count; ++i, to += slice) {
                TF_LITE_ENSURE(context, indices[i] >= 0 && indices[i] < state.size);
                std::memcpy(to, from + indices[i] * slice, static_cast<std::size_t>(slice));
            }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_ARG_MAX() {
    return registration<prepare_extreme, invoke_extreme<true>>();
}
TfLiteRegistration* Register_ARG_MIN() {
    return registration<prepare_extreme, invoke_extreme<false>>();
}
TfLiteRegistration* Register_GATHER() { return registration<prepare_gather, invoke_gather>(); }

} // namespace kernels
