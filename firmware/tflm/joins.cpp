#include "tflm/moves.hpp"

namespace kernels {
namespace {

/// A tensor cut along an axis: `outer` times `inner` bytes of each slice.
struct Cut {
    int outer;
    int inner;
};

Cut cut(const TfLiteIntArray* dims, int axis, int width) {
    Cut result{1, width};
    for (int i = 0; i < dims->size; ++i)
        (i < axis ? result.outer : result.inner) *= dims->data[i];
    return result;
}

/// A part of a tensor to or from the whole; `whole` bytes of it follow each other.
Walk part(int outer, int inner, int width, bool joining, int whole) {
    Walk walk{};
    walk.rank = 2;
    walk.count[0] = outer;
    walk.from[0] = joining ? inner : whole;
    walk.to[0] = joining ? whole : inner;
    walk.count[1] = inner / width;
    walk.from[1] = walk.to[1] = width;
    return simplified(walk);
}

/// Joins the inputs, or splits the input that is `data`, along an axis of the whole.
TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node, bool joining, int axis, int data) {
    const int parts = joining ? tflite::NumInputs(node) : tflite::NumOutputs(node);
    const TfLiteTensor* whole =
        joining ? tflite::GetOutput(context, node, 0) : tflite::GetInput(context, node, data);
    Moves* moves = make_moves(context, node, whole, parts);
    TF_LITE_ENSURE(context, moves != nullptr);
    axis = axis < 0 ? axis + whole->dims->size : axis;
    TF_LITE_ENSURE(context, axis >= 0 && axis < whole->dims->size);
    const Cut all = cut(whole->dims, axis, moves->width);
    int offset = 0;
    for (int i = 0; i < parts; ++i) {
        const TfLiteTensor* tensor =
            joining ? tflite::GetInput(context, node, i) : tflite::GetOutput(context, node, i);
        TF_LITE_ENSURE_EQ(context, tensor->type, whole->type);
        const int inner = static_cast<int>(tflite::NumElements(tensor)) * moves->width / all.outer;
        Move& move = moves->moves[i];
        move.from = joining ? i : data;
        move.to = joining ? 0 : i;
        (joining ? move.to_offset : move.from_offset) = offset;
        move.walk = part(all.outer, inner, moves->width, joining, all.inner);
        offset += inner;
    }
    TF_LITE_ENSURE_EQ(context, offset, all.inner);
    return kTfLiteOk;
}

TfLiteStatus prepare_concatenation(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteConcatenationParams*>(node->builtin_data);
    TF_LITE_ENSURE_EQ(context, params->activation, kTfLiteActNone);
    return prepare(context, node, true, params->axis, 0);
}

TfLiteStatus prepare_pack(TfLiteContext* context, TfLiteNode* node) {
    return prepare(context, node, true,
                   static_cast<const TfLitePackParams*>(node->builtin_data)->axis, 0);
}

TfLiteStatus prepare_unpack(TfLiteContext* context, TfLiteNode* node) {
    return prepare(context, node, false,
                   static_cast<const TfLiteUnpackParams*>(node->builtin_data)->axis, 0);
}

TfLiteStatus prepare_split(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* axis = tflite::GetInput(context, node, 0);
    TF_LITE_ENSURE(context, is_constant(axis));
    return prepare(context, node, false, number_at(axis, 0), 1);
}

TfLiteStatus prepare_split_v(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* axis = tflite::GetInput(context, node, 2);
    TF_LITE_ENSURE(context, is_constant(axis));
    return prepare(context, node, false, number_at(axis, 0), 0);
}

} // namespace

TfLiteRegistration* Register_CONCATENATION() { return moving<prepare_concatenation>(); }
TfLiteRegistration* Register_PACK() { return moving<prepare_pack>(); }
TfLiteRegistration* Register_UNPACK() { return moving<prepare_unpack>(); }
TfLiteRegistration* Register_SPLIT() { return moving<prepare_split>(); }
TfLiteRegistration* Register_SPLIT_V() { return moving<prepare_split_v>(); }

} // namespace kernels
