#include "kernels/fully_connected.hpp"

#include "kernels/lanes.hpp"
#include "tflm/places.hpp"
#include "tflm/tensors.hpp"

#include <new>

namespace kernels {
namespace {

struct Node {
    FullyConnected layer;
    int batches;
    void* working;
};

void* init(TfLiteContext* context, const char*, std::size_t) {
    auto* const memory = allocate<Node>(context, 1);
    return memory ? new (memory) Node{} : nullptr;
}

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteFullyConnectedParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
    const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 2);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(filter) && is_int8(output));

    auto& state = *static_cast<Node*>(node->user_data);
    FullyConnected& layer = state.layer;
    layer.outputs = filter->dims->data[0];
    layer.inputs = filter->dims->data[1];
    state.batches = static_cast<int>(tflite::NumElements(output)) / layer.outputs;
    layer.weights = filter->data.int8;
    Channel* made = nullptr;
    TF_LITE_ENSURE_STATUS(make_channels(context, input, filter, bias, output, params->activation,
                                        {filter->data.int8, layer.inputs, 1, layer.inputs, true},
                                        layer.outputs, &made, &layer.range, &layer.quick));
    layer.channels = made;
    state.working = nullptr;
    if (layer.quick && lanes_fit(made, layer.outputs, layer.weights, layer.inputs)) {
        const std::size_t size = sizeof(std::uint32_t) * row_words(layer.inputs, layer.outputs);
        const Place found = find_place(context, size, static_cast<std::uint32_t>(state.batches));
        if (auto* const rows = static_cast<std::uint32_t*>(found.memory)) {
            pack_rows(layer.inputs, layer.outputs, layer.weights, made, layer.range.zero_point,
                      rows);
            layer.rows = rows;
            state.working = found.working;
        }
    }
    TF_LITE_ENSURE(context, has_working_memory(fully_connected_scratch(layer.inputs)));
    return kTfLiteOk;
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const std::int8_t* from = tflite::GetInput(context, node, 0)->data.int8;
    std::int8_t* to = tflite::GetOutput(context, node, 0)->data.int8;
    for (int i = 0; i < state.batches; ++i) {
        connect_fully(state.layer, from, to, working_memory(state.working));
        from += state.layer.inputs;
        to += state.layer.outputs;
    }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_FULLY_CONNECTED() {
    static TfLiteRegistration registration{};
    registration.init = init;
    registration.prepare = prepare;
    registration.invoke = invoke;
    return &registration;
}

} // namespace kernels
