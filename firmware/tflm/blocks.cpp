#include "tflm/moves.hpp"

#include <algorithm>

namespace kernels {
namespace {

/// Between space and depth: in the tensor with more depth a pixel holds a block of the other's.
TfLiteStatus prepare_depth(TfLiteContext* context, TfLiteNode* node, int block, bool to_space) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE_EQ(context, input->type, output->type);
    TF_LITE_ENSURE(context, block > 0 && input->dims->size == 4 && output->dims->size == 4);
    Moves* moves = make_moves(context, node, input, 1);
    TF_LITE_ENSURE(context, moves != nullptr);
    const TfLiteIntArray* deep = to_space ? input->dims : output->dims;
    const TfLiteIntArray* wide = to_space ? output->dims : input->dims;
    TF_LITE_ENSURE_EQ(context, wide->data[1], deep->data[1] * block);
    TF_LITE_ENSURE_EQ(context, wide->data[2], deep->data[2] * block);
    TF_LITE_ENSURE_EQ(context, deep->data[3], wide->data[3] * block * block);
    const Steps d = steps_of(deep, moves->width);
    const Steps w = steps_of(wide, moves->width);
    const int depth = wide->data[3] * moves->width;
    const int deep_steps[] = {d.of[0], d.of[1], block * depth, d.of[2], depth, moves->width};
    const int wide_steps[] = {w.of[0],         block * w.of[1], w.of[1],
                              block * w.of[2], w.of[2],         moves->width};
    Walk& walk = moves->moves[0].walk;
    walk = {6, {deep->data[0], deep->data[1], block, deep->data[2], block, wide->data[3]}, {}, {}};
    std::copy_n(to_space ? deep_steps : wide_steps, walk.rank, walk.from);
    std::copy_n(to_space ? wide_steps : deep_steps, walk.rank, walk.to);
    walk = simplified(walk);
    return kTfLiteOk;
}

TfLiteStatus prepare_space_to_depth(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteSpaceToDepthParams*>(node->builtin_data);
    return prepare_depth(context, node, params->block_size, false);
}

TfLiteStatus prepare_depth_to_space(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteDepthToSpaceParams*>(node->builtin_data);
    return prepare_depth(context, node, params->block_size, true);
}

/// Where rows of one image of the batch meet those of the image in space, along one dimension:
/// `count` of them, from `batch` and from `space` on, which goes on by the block.
struct Meeting {
    int count, batch, space;
};

Meeting meet(int rows, int size, int block, int place, int before) {
    const int first = before > place ? (before - place + block - 1) / block : 0;
    const int space = first * block + place - before;
    const int left = space < size ? (size - space + block - 1) / block : 0;
    return {std::min(rows - first, left), first, space};
}

/// Between space and batch: image (i, j) of the batch has every block-th row and column of a
/// larger one, from row i and column j on. `before` is what lies before the larger one's first row
/// (padding) or is cut off it (crops), which are the same seen from either side.
TfLiteStatus prepare_batch(TfLiteContext* context, TfLiteNode* node, bool to_space) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* block = tflite::GetInput(context, node, 1);
    const TfLiteTensor* before = tflite::GetInput(context, node, 2);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_constant(block) && is_constant(before));
    TF_LITE_ENSURE_EQ(context, input->type, output->type);
    const int spatial = static_cast<int>(tflite::NumElements(block));
    TF_LITE_ENSURE(context, spatial == 1 || spatial == 2);
    TF_LITE_ENSURE(context, input->dims->size > spatial);
    const int blocks[] = {number_at(block, 0), spatial == 2 ? number_at(block, 1) : 1};
    const int lead[] = {number_at(before, 0), spatial == 2 ? number_at(before, 2) : 0};
    TF_LITE_ENSURE(context, blocks[0] > 0 && blocks[1] > 0);
    Moves* moves = make_moves(context, node, input, blocks[0] * blocks[1]);
    TF_LITE_ENSURE(context, moves != nullptr);
    const TfLiteIntArray* many = to_space ? input->dims : output->dims;
    const TfLiteIntArray* one = to_space ? output->dims : input->dims;
    TF_LITE_ENSURE_EQ(context, many->data[0], one->data[0] * blocks[0] * blocks[1]);
    const Steps m = steps_of(many, moves->width);
    const Steps o = steps_of(one, moves->width);
    const int rest = m.of[spatial] / moves->width;
    if (!to_space) {
        moves->fill_count = static_cast<std::size_t>(tflite::NumElements(output));
        if (output->type == kTfLiteInt8)
            moves->fill_value[0] = static_cast<std::uint8_t>(output->params.zero_point);
    }
    int used = 0;
    for (int i = 0; i < blocks[0]; ++i)
        for (int j = 0; j < blocks[1]; ++j) {
            const Meeting y = meet(many->data[1], one->data[1], blocks[0], i, lead[0]);
            const Meeting x = spatial == 2
                                  ? meet(many->data[2], one->data[2], blocks[1], j, lead[1])
                                  : Meeting{1, 0, 0};
            if (y.count <= 0 || x.count <= 0)
                continue;
            const int wide_step = spatial == 2 ? o.of[2] : 0;
            const int deep_step = spatial == 2 ? m.of[2] : 0;
            const int image = (i * blocks[1] + j) * one->data[0];
            const int at_many = image * m.of[0] + y.batch * m.of[1] + x.batch * deep_step;
            const int at_one = y.space * o.of[1] + x.space * wide_step;
            Move& move = moves->moves[used++];
            move.from_offset = to_space ? at_many : at_one;
            move.to_offset = to_space ? at_one : at_many;
            const int many_steps[] = {m.of[0], m.of[1], deep_step, moves->width};
            const int one_steps[] = {o.of[0], blocks[0] * o.of[1], blocks[1] * wide_step,
                                     moves->width};
            move.walk = {4, {one->data[0], y.count, x.count, rest}, {}, {}};
            std::copy_n(to_space ? many_steps : one_steps, 4, move.walk.from);
            std::copy_n(to_space ? one_steps : many_steps, 4, move.walk.to);
            move.walk = simplified(move.walk);
        }
    moves->count = used;
    return kTfLiteOk;
}

TfLiteStatus prepare_batch_to_space(TfLiteContext* context, TfLiteNode* node) {
    return prepare_batch(context, node, true);
}
TfLiteStatus prepare_space_to_batch(TfLiteContext* context, TfLiteNode* node) {
    return prepare_batch(context, node, false);
}

} // namespace

TfLiteRegistration* Register_SPACE_TO_DEPTH() { return moving<prepare_space_to_depth>(); }
TfLiteRegistration* Register_DEPTH_TO_SPACE() { return moving<prepare_depth_to_space>(); }
TfLiteRegistration* Register_BATCH_TO_SPACE_ND() { return moving<prepare_batch_to_space>(); }
TfLiteRegistration* Register_SPACE_TO_BATCH_ND() { return moving<prepare_space_to_batch>(); }

} // namespace kernels
