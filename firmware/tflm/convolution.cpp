#include "kernels/depthwise.hpp"
#include "tflm/registrations.hpp"
#include "tflm/tensors.hpp"
#include "tflm/working_memory.hpp"

#include <new>

namespace kernels {

TfLiteStatus make_channels(TfLiteContext* context, const TfLiteTensor* input,
                           const TfLiteTensor* filter, const TfLiteTensor* bias,
                           TfLiteTensor* output, TfLiteFusedActivation activation,
                           const ChannelWeights& weights, int channels, Channel** result,
                           OutputRange* range, bool* quick) {
    const auto count = static_cast<std::size_t>(channels);
    auto* const made = allocate<Channel>(context, count);
    auto* const multipliers = allocate<std::int32_t>(context, count);
    auto* const shifts = allocate<int>(context, count);
    TF_LITE_ENSURE(context, made && multipliers && shifts);
    std::int32_t multiplier = 0;
    int shift = 0;
    TF_LITE_ENSURE_STATUS(tflite::PopulateConvolutionQuantizationParams(
        context, input, filter, bias, output, activation, &multiplier, &shift, &range->minimum,
        &range->maximum, multipliers, shifts, channels));
    range->zero_point = output->params.zero_point;
    *quick = true;
    for (int c = 0; c < channels; ++c) {
        std::int32_t sum = 0;
        std::int32_t magnitude = 0;
        for (int i = 0; i < weights.count; ++i) {
            const int weight = weights.weights[c * weights.first + i * weights.step];
            sum += weight;
            magnitude += weight < 0 ? -weight : weight;
        }
        made[c] = make_channel(bias ? bias->data.i32[c] : 0, input->params.zero_point, sum,
                               magnitude, multipliers[c], shifts[c]);
        *quick = *quick && is_quick(made[c], magnitude);
    }
    *result = made;
    return kTfLiteOk;
}

namespace {

template <class Layer> void* init(TfLiteContext* context, const char*, std::size_t) {
    auto* const memory = allocate<Layer>(context, 1);
    return memory ? new (memory) Layer{} : nullptr;
}

TfLiteStatus prepare_convolution(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteConvParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
    const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 2);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(filter) && is_int8(output));
    TF_LITE_ENSURE(context, input->dims->data[0] == 1);
    TF_LITE_ENSURE(context, params->dilation_height_factor == 1);
    TF_LITE_ENSURE(context, params->dilation_width_factor == 1);

    auto& layer = *static_cast<Convolution*>(node->user_data);
    layer.shape = shape_of(input, output, filter->dims->data[1], filter->dims->data[2],
                           params->stride_height, params->stride_width, params->padding);
    layer.input_zero_point = static_cast<std::int8_t>(input->params.zero_point);
    const int patch = layer.shape.patch();
    const int channels = layer.shape.output_channels;
    Channel* made = nullptr;
    TF_LITE_ENSURE_STATUS(make_channels(context, input, filter, bias, output, params->activation,
                                        {filter->data.int8, patch, 1, patch}, channels, &made,
                                        &layer.range, &layer.quick));
    layer.channels = made;
    // In RAM they are read without the waits of flash, besides.
    auto* const packed = allocate<std::uint32_t>(context, packed_words(layer.shape));
    TF_LITE_ENSURE(context, packed != nullptr);
    pack_weights(layer.shape, filter->data.int8, packed);
    layer.weights = packed;
    TF_LITE_ENSURE(context, has_working_memory(convolution_scratch(layer.shape)));
    return kTfLiteOk;
}

TfLiteStatus invoke_convolution(TfLiteContext* context, TfLiteNode* node) {
    convolve(*static_cast<const Convolution*>(node->user_data),
             tflite::GetInput(context, node, 0)->data.int8,
             tflite::GetOutput(context, node, 0)->data.int8, working_memory());
    return kTfLiteOk;
}

TfLiteStatus prepare_depthwise(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteDepthwiseConvParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
    const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 2);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(filter) && is_int8(output));
    TF_LITE_ENSURE(context, input->dims->data[0] == 1);
    TF_LITE_ENSURE(context, params->dilation_height_factor == 1);
    TF_LITE_ENSURE(context, params->dilation_width_factor == 1);

    auto& layer = *static_cast<Depthwise*>(node->user_data);
    layer.shape = shape_of(input, output, filter->dims->data[1], filter->dims->data[2],
                           params->stride_height, params->stride_width, params->padding);
    const int channels = layer.shape.input_channels;
    TF_LITE_ENSURE_EQ(context, layer.shape.output_channels, channels);
    layer.input_zero_point = static_cast<std::int8_t>(input->params.zero_point);
    layer.weights = filter->data.int8;
    const int taps = layer.shape.kernel_height * layer.shape.kernel_width;
    Channel* made = nullptr;
    TF_LITE_ENSURE_STATUS(make_channels(context, input, filter, bias, output, params->activation,
                                        {filter->data.int8, taps, channels, 1}, channels, &made,
                                        &layer.range, &layer.quick));
    layer.channels = made;
    if (pairs_fit(layer.shape)) {
        auto* const pairs = allocate<std::uint32_t>(context, pair_words(layer.shape));
        TF_LITE_ENSURE(context, pairs != nullptr);
        pair_weights(layer.shape, layer.weights, pairs);
        layer.pairs = pairs;
    }
    TF_LITE_ENSURE(context, has_working_memory(depthwise_scratch(layer.shape)));
    return kTfLiteOk;
}

TfLiteStatus invoke_depthwise(TfLiteContext* context, TfLiteNode* node) {
    convolve_depthwise(*static_cast<const Depthwise*>(node->user_data),
                       tflite::GetInput(context, node, 0)->data.int8,
                       tflite::GetOutput(context, node, 0)->data.int8, working_memory());
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_CONV_2D() {
    static TfLiteRegistration registration{};
    registration.init = init<Convolution>;
    registration.prepare = prepare_convolution;
    registration.invoke = invoke_convolution;
    return &registration;
}

TfLiteRegistration* Register_DEPTHWISE_CONV_2D() {
    static TfLiteRegistration registration{};
    registration.init = init<Depthwise>;
    registration.prepare = prepare_depthwise;
    registration.invoke = invoke_depthwise;
    return &registration;
}

} // namespace kernels
