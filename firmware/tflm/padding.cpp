#include "tflm/moves.hpp"

#include <cstring>

namespace kernels {
namespace {

/// The walk of the whole input into the output, `before` elements in; bytes to `offset`.
Walk inside(const TfLiteTensor* input, const TfLiteTensor* output, const TfLiteTensor* paddings,
            int width, int& offset) {
    const Steps from = steps_of(input->dims, width);
    const Steps to = steps_of(output->dims, width);
    Walk walk{};
    walk.rank = input->dims->size;
    offset = 0;
    for (int i = 0; i < walk.rank; ++i) {
        walk.count[i] = input->dims->data[i];
        walk.from[i] = from.of[i];
        walk.to[i] = to.of[i];
        offset += number_at(paddings, 2 * i) * to.of[i];
    }
    return walk;
}

TfLiteStatus check(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* paddings = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_constant(paddings));
    TF_LITE_ENSURE_EQ(context, input->type, output->type);
    TF_LITE_ENSURE_EQ(context, input->dims->size, output->dims->size);
    TF_LITE_ENSURE_EQ(context, static_cast<int>(tflite::NumElements(paddings)),
                      2 * input->dims->size);
    for (int i = 0; i < input->dims->size; ++i) {
        const int before = number_at(paddings, 2 * i);
        const int after = number_at(paddings, 2 * i + 1);
        TF_LITE_ENSURE(context, before >= 0 && after >= 0);
        TF_LITE_ENSURE_EQ(context, output->dims->data[i], input->dims->data[i] + before + after);
    }
    return kTfLiteOk;
}

TfLiteStatus prepare_pad(TfLiteContext* context, TfLiteNode* node) {
    TF_LITE_ENSURE_STATUS(check(context, node));
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const TfLiteTensor* value = tflite::GetOptionalInputTensor(context, node, 2);
    Moves* moves = make_moves(context, node, input, 1);
    TF_LITE_ENSURE(context, moves != nullptr);
    Move& move = moves->moves[0];
    move.walk = simplified(
        inside(input, output, tflite::GetInput(context, node, 1), moves->width, move.to_offset));
    moves->fill_count = static_cast<std::size_t>(tflite::NumElements(output));
    if (value) {
        TF_LITE_ENSURE_EQ(context, value->type, input->type);
        TF_LITE_ENSURE(context, value->allocation_type == kTfLiteMmapRo);
        std::memcpy(moves->fill_value, value->data.raw, static_cast<std::size_t>(moves->width));
    } else if (output->type == kTfLiteInt8 || output->type == kTfLiteInt16) {
        std::memcpy(moves->fill_value, &output->params.zero_point,
                    static_cast<std::size_t>(moves->width));
    }
    return kTfLiteOk;
}

/// The input goes inside; then, dimension by dimension from the innermost on, what lies there is
/// mirrored to both sides, so that later dimensions mirror whole rows.
TfLiteStatus prepare_mirror_pad(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteMirrorPaddingParams*>(node->builtin_data);
    TF_LITE_ENSURE_STATUS(check(context, node));
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* paddings = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const int rank = input->dims->size;
    Moves* moves = make_moves(context, node, input, 1 + 2 * rank);
    TF_LITE_ENSURE(context, moves != nullptr);
    // REFLECT leaves out the border itself.
    const int skipped = params->mode == kTfLiteMirrorPaddingReflect ? 1 : 0;
    int start = 0;
    Walk walk = inside(input, output, paddings, moves->width, start);
    moves->moves[0].to_offset = start;
    moves->moves[0].walk = simplified(walk);
    int used = 1;
    std::memcpy(walk.from, walk.to, sizeof walk.from);
    for (int i = rank - 1; i >= 0; --i) {
        const int step = walk.to[i];
        const int size = walk.count[i];
        const int lengths[] = {number_at(paddings, 2 * i), number_at(paddings, 2 * i + 1)};
        for (int side = 0; side < 2; ++side) {
            TF_LITE_ENSURE(context, lengths[side] + skipped <= size);
            if (lengths[side] == 0)
                continue;
            Move& move = moves->moves[used++];
            move.from = Move::from_output;
            Walk mirrored = walk;
            mirrored.count[i] = lengths[side];
            mirrored.from[i] = -step;
            // Forwards from the outer border before, from the inner one behind.
            move.from_offset =
                start + (side == 0 ? lengths[0] - 1 + skipped : size - 1 - skipped) * step;
            move.to_offset = side == 0 ? start - lengths[0] * step : start + size * step;
            move.walk = simplified(mirrored);
        }
        start -= lengths[0] * step;
        walk.count[i] = output->dims->data[i];
    }
    moves->count = used;
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_PAD() { return moving<prepare_pad>(); }
TfLiteRegistration* Register_PADV2() { return moving<prepare_pad, 1>(); }
TfLiteRegistration* Register_MIRROR_PAD() { return moving<prepare_mirror_pad>(); }

} // namespace kernels
