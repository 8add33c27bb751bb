#include "tflm/moves.hpp"

#include <algorithm>

namespace kernels {
namespace {

/// A single walk from the first input to the output, as wide as the output, dense there.
Moves* make_walk(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    if (input->type != output->type)
        return nullptr;
    return make_moves(context, node, input, 1);
}

/// The output's steps where it has the dimensions of `walk`.
void make_dense(Walk& walk, int width) {
    int step = width;
    for (int i = walk.rank - 1; i >= 0; --i) {
        walk.to[i] = step;
        step *= walk.count[i];
    }
}

TfLiteStatus finish(TfLiteContext* context, TfLiteNode* node, Moves* moves) {
    Walk& walk = moves->moves[0].walk;
    int count = 1;
    for (int i = 0; i < walk.rank; ++i)
        count *= walk.count[i];
    TF_LITE_ENSURE_EQ(context, count,
                      static_cast<int>(tflite::NumElements(tflite::GetOutput(context, node, 0))));
    make_dense(walk, moves->width);
    walk = simplified(walk);
    return kTfLiteOk;
}

TfLiteStatus prepare_slice(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* begin = tflite::GetInput(context, node, 1);
    const TfLiteTensor* size = tflite::GetInput(context, node, 2);
    TF_LITE_ENSURE(context, is_constant(begin) && is_constant(size));
    Moves* moves = make_walk(context, node);
    TF_LITE_ENSURE(context, moves != nullptr);
    const Steps steps = steps_of(input->dims, moves->width);
    Walk& walk = moves->moves[0].walk;
    walk.rank = input->dims->size;
    for (int i = 0; i < walk.rank; ++i) {
        const int first = number_at(begin, i);
        const int count = number_at(size, i);
        walk.count[i] = count < 0 ? input->dims->data[i] - first : count;
        walk.from[i] = steps.of[i];
        TF_LITE_ENSURE(context, first >= 0 && first + walk.count[i] <= input->dims->data[i]);
        moves->moves[0].from_offset += first * steps.of[i];
    }
    return finish(context, node, moves);
}

/// Where a slice of a dimension begins and how many elements it has.
struct Range {
    int first, count;
};

Range range_of(int size, int begin, int end, int stride, bool from_start, bool to_end,
               bool single) {
    begin = begin < 0 ? begin + size : begin;
    end = end < 0 ? end + size : end;
    if (single)
        return {std::clamp(begin, 0, size - 1), 1};
    const int lowest = stride > 0 ? 0 : -1;
    const int highest = stride > 0 ? size : size - 1;
    begin = from_start ? (stride > 0 ? 0 : size - 1) : std::clamp(begin, lowest, highest);
    end = to_end ? (stride > 0 ? size : -1) : std::clamp(end, lowest, highest);
    const int count =
        stride > 0 ? (end - begin + stride - 1) / stride : (begin - end - stride - 1) / -stride;
    return {begin, std::max(count, 0)};
}

TfLiteStatus prepare_strided_slice(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteStridedSliceParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* begin = tflite::GetInput(context, node, 1);
    const TfLiteTensor* end = tflite::GetInput(context, node, 2);
    const TfLiteTensor* strides = tflite::GetInput(context, node, 3);
    TF_LITE_ENSURE(context, is_constant(begin) && is_constant(end) && is_constant(strides));
    TF_LITE_ENSURE_EQ(context, params->ellipsis_mask, 0);
    TF_LITE_ENSURE_EQ(context, params->new_axis_mask, 0);
    Moves* moves = make_walk(context, node);
    TF_LITE_ENSURE(context, moves != nullptr);
    const Steps steps = steps_of(input->dims, moves->width);
    Walk& walk = moves->moves[0].walk;
    walk.rank = input->dims->size;
    const int given = static_cast<int>(tflite::NumElements(begin));
    for (int i = 0; i < walk.rank; ++i) {
        const int size = input->dims->data[i];
        const int stride = i < given ? number_at(strides, i) : 1;
        TF_LITE_ENSURE(context, stride != 0);
        const auto is_set = [&](int mask) { return (mask >> i & 1) != 0; };
        const Range range = i < given
                                ? range_of(size, number_at(begin, i), number_at(end, i), stride,
                                           is_set(params->begin_mask), is_set(params->end_mask),
                                           is_set(params->shrink_axis_mask))
                                : Range{0, size};
        walk.count[i] = range.count;
        walk.from[i] = stride * steps.of[i];
        moves->moves[0].from_offset += range.first * steps.of[i];
    }
    return finish(context, node, moves);
}

/// The walk over the whole input in its order, for a node whose second input is a constant.
Moves* make_whole_walk(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteIntArray* dims = tflite::GetInput(context, node, 0)->dims;
    Moves* moves =
        is_constant(tflite::GetInput(context, node, 1)) ? make_walk(context, node) : nullptr;
    if (!moves)
        return nullptr;
    const Steps steps = steps_of(dims, moves->width);
    Walk& walk = moves->moves[0].walk;
    walk.rank = dims->size;
    std::copy_n(dims->data, walk.rank, walk.count);
    std::copy_n(steps.of, walk.rank, walk.from);
    return moves;
}

/// An axis that the second input names, from the front; -1 where there is none.
int axis_at(const TfLiteTensor* axes, int at, int rank) {
    const int axis = number_at(axes, at);
    return axis < -rank || axis >= rank ? -1 : axis < 0 ? axis + rank : axis;
}

TfLiteStatus prepare_transpose(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* order = tflite::GetInput(context, node, 1);
    Moves* moves = make_whole_walk(context, node);
    TF_LITE_ENSURE(context, moves != nullptr);
    Walk& walk = moves->moves[0].walk;
    const Walk whole = walk;
    TF_LITE_ENSURE_EQ(context, static_cast<int>(tflite::NumElements(order)), walk.rank);
    for (int i = 0; i < walk.rank; ++i) {
        const int axis = axis_at(order, i, walk.rank);
        TF_LITE_ENSURE(context, axis >= 0);
        walk.count[i] = whole.count[axis];
        walk.from[i] = whole.from[axis];
    }
    return finish(context, node, moves);
}

TfLiteStatus prepare_reverse(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* axes = tflite::GetInput(context, node, 1);
    Moves* moves = make_whole_walk(context, node);
    TF_LITE_ENSURE(context, moves != nullptr);
    Walk& walk = moves->moves[0].walk;
    for (int i = 0; i < tflite::NumElements(axes); ++i) {
        const int axis = axis_at(axes, i, walk.rank);
        TF_LITE_ENSURE(context, axis >= 0 && walk.from[axis] > 0);
        moves->moves[0].from_offset += (walk.count[axis] - 1) * walk.from[axis];
        walk.from[axis] = -walk.from[axis];
    }
    return finish(context, node, moves);
}

/// For what only gives a tensor another shape.
TfLiteStatus prepare_copy(TfLiteContext* context, TfLiteNode* node) {
    Moves* moves = make_walk(context, node);
    TF_LITE_ENSURE(context, moves != nullptr);
    Walk& walk = moves->moves[0].walk;
    walk.rank = 1;
    walk.count[0] = static_cast<int>(tflite::NumElements(tflite::GetInput(context, node, 0)));
    walk.from[0] = moves->width;
    return finish(context, node, moves);
}

} // namespace

TfLiteRegistration* Register_SLICE() { return moving<prepare_slice>(); }
TfLiteRegistration* Register_STRIDED_SLICE() { return moving<prepare_strided_slice>(); }
TfLiteRegistration* Register_TRANSPOSE() { return moving<prepare_transpose>(); }
TfLiteRegistration* Register_REVERSE_V2() { return moving<prepare_reverse>(); }
TfLiteRegistration* Register_SQUEEZE() { return moving<prepare_copy>(); }
TfLiteRegistration* Register_EXPAND_DIMS() { return moving<prepare_copy, 1>(); }

} // namespace kernels
