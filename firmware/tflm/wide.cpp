#include "kernels/wide.hpp"

#include "tflm/tensors.hpp"

#include <algorithm>

/// Convolutions of every kind and FULLY_CONNECTED with activations of int16.
namespace kernels {
namespace {

/// The layer with what is the same for all; null when something does not fit. The bias is the
/// input of the node behind `source` and the weights.
WideConvolution* make(TfLiteContext* context, TfLiteNode* node, TfLiteFusedActivation activation,
                      int channels, int source = 0) {
    const TfLiteTensor* input = tflite::GetInput(context, node, source);
    const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
    const TfLiteTensor* bias =
        tflite::GetOptionalInputTensor(context, node, std::max(source, 1) + 1);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const auto count = static_cast<std::size_t>(channels);
    auto* const layer = allocate<WideConvolution>(context, 1);
    auto* const multipliers = allocate<std::int32_t>(context, count);
    auto* const shifts = allocate<int>(context, count);
    if (!layer || !multipliers || !shifts || !is_int8(filter) || output->type != kTfLiteInt16)
        return nullptr;
    node->user_data = layer;
    *layer = {};
    std::int32_t multiplier = 0;
    int shift = 0;
    if (tflite::PopulateConvolutionQuantizationParams(context, input, filter, bias, output,
                                                      activation, &multiplier, &shift,
                                                      &layer->range.minimum, &layer->range.maximum,
                                                      multipliers, shifts, channels) != kTfLiteOk)
        return nullptr;
    layer->range.zero_point = output->params.zero_point;
    layer->multipliers = multipliers;
    layer->shifts = shifts;
    layer->weights = filter->data.int8;
    if (bias && bias->type == kTfLiteInt64)
        layer->bias64 = bias->data.i64;
    else if (bias)
        layer->bias32 = bias->data.i32;
    return layer;
}

template <class Params>
void look_at_windows(TfLiteContext* context, TfLiteNode* node, WideConvolution& layer) {
    const auto* params = static_cast<const Params*>(node->builtin_data);
    const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
    layer.dilation_height = params->dilation_height_factor;
    layer.dilation_width = params->dilation_width_factor;
    layer.shape = shape_of(tflite::GetInput(context, node, 0), tflite::GetOutput(context, node, 0),
                           filter->dims->data[1], filter->dims->data[2], params->stride_height,
                           params->stride_width, params->padding, layer.dilation_height,
                           layer.dilation_width);
}

TfLiteStatus prepare_convolution(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteConvParams*>(node->builtin_data);
    const TfLiteIntArray* filter = tflite::GetInput(context, node, 1)->dims;
    WideConvolution* layer = make(context, node, params->activation, filter->data[0]);
    TF_LITE_ENSURE(context, layer != nullptr);
    look_at_windows<TfLiteConvParams>(context, node, *layer);
    layer->inputs = layer->tap_step = filter->data[3];
    TF_LITE_ENSURE(context, layer->shape.input_channels % layer->inputs == 0);
    layer->groups = layer->shape.input_channels / layer->inputs;
    layer->channel_step = filter->data[1] * filter->data[2] * filter->data[3];
    return kTfLiteOk;
}

TfLiteStatus prepare_depthwise(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteDepthwiseConvParams*>(node->builtin_data);
    const int channels = tflite::GetInput(context, node, 1)->dims->data[3];
    WideConvolution* layer = make(context, node, params->activation, channels);
    TF_LITE_ENSURE(context, layer != nullptr);
    look_at_windows<TfLiteDepthwiseConvParams>(context, node, *layer);
    layer->groups = layer->shape.input_channels;
    layer->inputs = layer->channel_step = 1;
    layer->tap_step = channels;
    return kTfLiteOk;
}

/// A convolution of single pixels, a row of them.
TfLiteStatus prepare_fully_connected(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteFullyConnectedParams*>(node->builtin_data);
    const TfLiteIntArray* filter = tflite::GetInput(context, node, 1)->dims;
    WideConvolution* layer = make(context, node, params->activation, filter->data[0]);
    TF_LITE_ENSURE(context, layer != nullptr);
    layer->dilation_height = layer->dilation_width = layer->groups = 1;
    layer->inputs = layer->channel_step = filter->data[1];
    ConvolutionShape& shape = layer->shape;
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    shape.kernel_height = shape.kernel_width = shape.input_height = shape.output_height = 1;
    shape.stride_height = shape.stride_width = 1;
    shape.input_channels = filter->data[1];
    shape.output_channels = filter->data[0];
    shape.output_width = static_cast<int>(tflite::NumElements(output)) / shape.output_channels;
    shape.input_width = shape.output_width;
    return kTfLiteOk;
}

TfLiteStatus prepare_transposed(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteTransposeConvParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 2);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const TfLiteIntArray* filter = tflite::GetInput(context, node, 1)->dims;
    WideConvolution* layer = make(context, node, kTfLiteActNone, filter->data[0], 2);
    TF_LITE_ENSURE(context, layer != nullptr);
    layer->transposed = true;
    layer->dilation_height = layer->dilation_width = layer->groups = 1;
    layer->inputs = layer->tap_step = filter->data[3];
    layer->channel_step = filter->data[1] * filter->data[2] * filter->data[3];
    layer->shape = turned(shape_of(output, input, filter->data[1], filter->data[2],
                                   params->stride_height, params->stride_width, params->padding));
    return kTfLiteOk;
}

template <int source> TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& layer = *static_cast<const WideConvolution*>(node->user_data);
    const ConvolutionShape& shape = layer.shape;
    const TfLiteTensor* input = tflite::GetInput(context, node, source);
    const int size = shape.input_height * shape.input_width * shape.input_channels;
    const std::int16_t* from = input->data.i16;
    std::int16_t* to = tflite::GetOutput(context, node, 0)->data.i16;
    for (auto left = static_cast<int>(tflite::NumElements(input)); left > 0; left -= size) {
        convolve(layer, from, to);
        from += size;
        to += shape.output_height * shape.output_width * shape.output_channels;
    }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_CONV_2D_int16() {
    return registration<prepare_convolution, invoke<0>>();
}
TfLiteRegistration* Register_DEPTHWISE_CONV_2D_int16() {
    return registration<prepare_depthwise, invoke<0>>();
}
TfLiteRegistration* Register_FULLY_CONNECTED_int16() {
    return registration<prepare_fully_connected, invoke<0>>();
}
TfLiteRegistration* Register_TRANSPOSE_CONV_int16() {
    return registration<prepare_transposed, invoke<2>>();
}

} // namespace kernels
