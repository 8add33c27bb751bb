#include "kernels/requantize.hpp"

#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>

namespace kernels {
namespace {

struct Node {
    Broadcast batches;
    int rows, depth, columns;
    int row_step, depth_step; ///< of the first
    int second_depth_step, second_column_step;
    std::int32_t zero[2];
    std::int32_t multiplier;
    int shift;
};

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteBatchMatMulParams*>(node->builtin_data);
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(first) && is_int8(second) && is_int8(output));
    const int rank[] = {first->dims->size, second->dims->size};
    TF_LITE_ENSURE(context, rank[0] >= 2 && rank[1] >= 2);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    *state = {};
    TF_LITE_ENSURE(context, make_broadcast(first->dims->data, rank[0] - 2, second->dims->data,
                                           rank[1] - 2, state->batches));
    const int* a = first->dims->data + rank[0] - 2;
    const int* b = second->dims->data + rank[1] - 2;
    state->rows = params->adj_x ? a[1] : a[0];
    state->depth = params->adj_x ? a[0] : a[1];
    state->columns = params->adj_y ? b[0] : b[1];
    TF_LITE_ENSURE_EQ(context, state->depth, params->adj_y ? b[1] : b[0]);
    state->row_step = params->adj_x ? 1 : state->depth;
    state->depth_step = params->adj_x ? state->rows : 1;
    state->second_column_step = params->adj_y ? state->depth : 1;
    state->second_depth_step = params->adj_y ? 1 : state->columns;
    state->zero[0] = first->params.zero_point;
    state->zero[1] = second->params.zero_point;
    tflite::QuantizeMultiplier(static_cast<double>(first->params.scale) *
                                   static_cast<double>(second->params.scale) /
                                   static_cast<double>(output->params.scale),
                               &state->multiplier, &state->shift);
    return kTfLiteOk;
}

void multiply(const Node& state, const std::int8_t* first, const std::int8_t* second,
              std::int32_t zero, std::int8_t* output) {
    for (int row = 0; row < state.rows; ++row)
        for (int column = 0; column < state.columns; ++column) {
            const std::int8_t* a = first + row * state.row_step;
            const std::int8_t* b = second + column * state.second_column_step;
            std::int32_t sum = 0;
            for (int i = 0; i < state.depth;
                 ++i, a += state.depth_step, b += state.second_depth_step)
                sum += (*a - state.zero[0]) * (*b - state.zero[1]);
            const std::int32_t value =
                multiply_by_quantized_multiplier(sum, state.multiplier, state.shift) + zero;
            *output++ = static_cast<std::int8_t>(std::clamp<std::int32_t>(value, -128, 127));
        }
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const int first_size = state.rows * state.depth;
    const int second_size = state.depth * state.columns;
    const int output_size = state.rows * state.columns;
    // The broadcast counts matrices: an int8 of each tensor stands for one.
    const std::int8_t* first = tflite::GetInput(context, node, 0)->data.int8;
    const std::int8_t* second = tflite::GetInput(context, node, 1)->data.int8;
    std::int8_t* const to = output->data.int8;
    for_each_row(state.batches, first, second, to,
                 [&](const std::int8_t* a, int a_step, const std::int8_t* b, int b_step,
                     std::int8_t* c, int count) {
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step, ++c)
                         multiply(state, first + (a - first) * first_size,
                                  second + (b - second) * second_size, output->params.zero_point,
                                  to + (c - to) * output_size);
                 });
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_BATCH_MATMUL() { return registration<prepare, invoke>(); }

} // namespace kernels
