#include "tflm/moves.hpp"

/// SELECT_V2: of two inputs, what a third one says, each spread over the output.
namespace kernels {
namespace {

constexpr int most_dimensions = 6;
constexpr int sources = 3; // the condition, what is taken where it holds, and where not

struct Node {
    int width; ///< of an element, in bytes
    int count[most_dimensions];
    int step[sources][most_dimensions]; ///< in elements; 0 where an input has one
};

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    state->width = width_of(output);
    const int rank = output->dims->size;
    TF_LITE_ENSURE(context, state->width != 0 && rank <= most_dimensions);
    for (int i = 0; i < most_dimensions; ++i)
        state->count[i] =
            i < most_dimensions - rank ? 1 : output->dims->data[i - (most_dimensions - rank)];
    for (int source = 0; source < sources; ++source) {
        const TfLiteTensor* input = tflite::GetInput(context, node, source);
        TF_LITE_ENSURE(context, input->type == (source == 0 ? kTfLiteBool : output->type));
        const int missing = most_dimensions - input->dims->size;
        TF_LITE_ENSURE(context, input->dims->size <= rank);
        int step = 1;
        for (int i = most_dimensions - 1; i >= 0; --i) {
            const int size = i < missing ? 1 : input->dims->data[i - missing];
            TF_LITE_ENSURE(context, size == 1 || size == state->count[i]);
            state->step[source][i] = size == 1 ? 0 : step;
            step *= size;
        }
    }
    return kTfLiteOk;
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const bool* condition = tflite::GetInput(context, node, 0)->data.b;
    const char* from[] = {tflite::GetInput(context, node, 1)->data.raw,
                          tflite::GetInput(context, node, 2)->data.raw};
    char* to = tflite::GetOutput(context, node, 0)->data.raw;
    const auto width = static_cast<std::size_t>(state.width);
    int turn[most_dimensions] = {};
    int at[sources] = {};
    for (;;) {
        const int chosen = condition[at[0]] ? 0 : 1;
        std::memcpy(to, from[chosen] + static_cast<std::size_t>(at[chosen + 1]) * width, width);
        to += width;
        int i = most_dimensions - 1;
        for (; i >= 0; --i) {
            const bool over = ++turn[i] == state.count[i];
            for (int source = 0; source < sources; ++source)
                at[source] +=
                    over ? -state.step[source][i] * (state.count[i] - 1) : state.step[source][i];
            if (!over)
                break;
            turn[i] = 0;
        }
        if (i < 0)
            return kTfLiteOk;
    }
}

} // namespace

TfLiteRegistration* Register_SELECT_V2() { return registration<prepare, invoke>(); }

} // namespace kernels
