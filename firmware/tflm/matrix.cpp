#include "kernels/wide.hpp"

#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>
#include <limits>

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
    TF_LITE_ENSURE(context, first->type == output->type && second->type == output->type);
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
    if (output->type == kTfLiteFloat32)
        return kTfLiteOk;
    state->zero[0] = first->params.zero_point;
    state->zero[1] = second->params.zero_point;
    tflite::QuantizeMultiplier(static_cast<double>(first->params.scale) *
                                   static_cast<double>(second->params.scale) /
                                   static_cast<double>(output->params.scale),
                               &state->multiplier, &state->shift);
    return kTfLiteOk;
}

/// The sum of the products of a row and a column.
template <class Sum, class T> Sum product(const Node& state, const T* row, const T* column) {
    Sum sum = 0;
    for (int i = 0; i < state.depth;
         ++i, row += state.depth_step, column += state.second_depth_step)
        sum += static_cast<Sum>(*row) * static_cast<Sum>(*column);
    return sum;
}

template <class T, class Each>
void for_each_product(const Node& state, const T* first, const T* second, T* output, Each each) {
    for (int row = 0; row < state.rows; ++row)
        for (int column = 0; column < state.columns; ++column)
            *output++ =
                each(first + row * state.row_step, second + column * state.second_column_step);
}

template <class T> T clamped(std::int32_t value) {
    constexpr std::int32_t low = std::numeric_limits<T>::min();
    constexpr std::int32_t high = std::numeric_limits<T>::max();
    return static_cast<T>(std::min(std::max(value, low), high));
}

void multiply(const Node& state, const std::int8_t* first, const std::int8_t* second,
              std::int32_t zero, std::int8_t* output) {
    for_each_product(state, first, second, output, [&](const std::int8_t* a, const std::int8_t* b) {
        std::int32_t sum = 0;
        for (int i = 0; i < state.depth; ++i, a += state.depth_step, b += state.second_depth_step)
            sum += (*a - state.zero[0]) * (*b - state.zero[1]);
        return clamped<std::int8_t>(
            multiply_by_quantized_multiplier(sum, state.multiplier, state.shift) + zero);
    });
}

void multiply(const Node& state, const std::int16_t* first, const std::int16_t* second,
              std::int32_t, std::int16_t* output) {
    for_each_product(
        state, first, second, output, [&](const std::int16_t* a, const std::int16_t* b) {
            return clamped<std::int16_t>(
                multiply_wide(product<std::int64_t>(state, a, b), state.multiplier, state.shift));
        });
}

void multiply(const Node& state, const float* first, const float* second, std::int32_t,
              float* output) {
    for_each_product(state, first, second, output,
                     [&](const float* a, const float* b) { return product<float>(state, a, b); });
}

template <class T>
void multiply_all(const Node& state, const T* first, const T* second, std::int32_t zero,
                  T* const to) {
    const int first_size = state.rows * state.depth;
    const int second_size = state.depth * state.columns;
    const int output_size = state.rows * state.columns;
    // The broadcast counts matrices: an element of each tensor stands for one.
    for_each_row(state.batches, first, second, to,
                 [&](const T* a, int a_step, const T* b, int b_step, T* c, int count) {
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step, ++c)
                         multiply(state, first + (a - first) * first_size,
                                  second + (b - second) * second_size, zero,
                                  to + (c - to) * output_size);
                 });
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const std::int32_t zero = output->params.zero_point;
    if (output->type == kTfLiteInt8)
        multiply_all(state, first->data.int8, second->data.int8, zero, output->data.int8);
    else if (output->type == kTfLiteInt16)
        multiply_all(state, first->data.i16, second->data.i16, zero, output->data.i16);
    else
        multiply_all(state, first->data.f, second->data.f, zero, output->data.f);
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_BATCH_MATMUL() { return registration<prepare, invoke>(); }

} // namespace kernels
