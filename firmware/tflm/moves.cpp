#include "tflm/moves.hpp"

namespace kernels {

int width_of(const TfLiteTensor* tensor) {
    switch (tensor->type) {
    case kTfLiteInt8:
    case kTfLiteBool:
        return 1;
    case kTfLiteInt16:
        return 2;
    case kTfLiteInt32:
    case kTfLiteFloat32:
        return 4;
    case kTfLiteInt64:
        return 8;
    default:
        return 0;
    }
}

Steps steps_of(const TfLiteIntArray* dims, int width) {
    Steps steps{};
    int step = width;
    for (int i = dims->size - 1; i >= 0; --i) {
        steps.of[i] = step;
        step *= dims->data[i];
    }
    return steps;
}

Moves* make_moves(TfLiteContext* context, TfLiteNode* node, const TfLiteTensor* tensor, int count) {
    const int width = width_of(tensor);
    auto* const moves = allocate<Moves>(context, 1);
    auto* const each = allocate<Move>(context, static_cast<std::size_t>(count));
    if (width == 0 || tensor->dims->size > Walk::max_rank || !moves || !each)
        return nullptr;
    *moves = {width, count, each, 0, {}};
    for (int i = 0; i < count; ++i)
        each[i] = {};
    node->user_data = moves;
    return moves;
}

TfLiteStatus invoke_moves(TfLiteContext* context, TfLiteNode* node) {
    const auto& moves = *static_cast<const Moves*>(node->user_data);
    if (moves.fill_count != 0)
        fill(moves.fill_value, moves.width, tflite::GetOutput(context, node, 0)->data.raw,
             moves.fill_count);
    for (int i = 0; i < moves.count; ++i) {
        const Move& step = moves.moves[i];
        const char* from = step.from == Move::from_output
                               ? tflite::GetOutput(context, node, step.to)->data.raw
                               : tflite::GetInput(context, node, step.from)->data.raw;
        move(step.walk, moves.width, from + step.from_offset,
             tflite::GetOutput(context, node, step.to)->data.raw + step.to_offset);
    }
    return kTfLiteOk;
}

bool is_constant(const TfLiteTensor* tensor) {
    return tensor->allocation_type == kTfLiteMmapRo && tensor->data.raw != nullptr &&
           (tensor->type == kTfLiteInt32 || tensor->type == kTfLiteInt64);
}

int number_at(const TfLiteTensor* tensor, int at) {
    return tensor->type == kTfLiteInt64 ? static_cast<int>(tensor->data.i64[at])
                                        : tensor->data.i32[at];
}

} // namespace kernels
