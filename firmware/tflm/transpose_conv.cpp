#include "tflm/taps.hpp"
#include "tflm/working_memory.hpp"

namespace kernels {
namespace {

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteTransposeConvParams*>(node->builtin_data);
    const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
    const TfLiteTensor* input = tflite::GetInput(context, node, 2);
    const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 3);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(filter) && is_int8(output));
    TF_LITE_ENSURE_EQ(context, filter->dims->data[3], input->dims->data[3]);
    auto* const taps = allocate<Taps>(context, 1);
    TF_LITE_ENSURE(context, taps != nullptr);
    node->user_data = taps;
    *taps = {};
    const int height = filter->dims->data[1];
    const int width = filter->dims->data[2];
    // The padding is that of the convolution which goes the other way.
    const ConvolutionShape forward = shape_of(output, input, height, width, params->stride_height,
                                              params->stride_width, params->padding);
    taps->shape = forward;
    taps->shape.input_height = forward.output_height;
    taps->shape.input_width = forward.output_width;
    taps->shape.input_channels = forward.output_channels;
    taps->shape.output_height = forward.input_height;
    taps->shape.output_width = forward.input_width;
    taps->shape.output_channels = forward.input_channels;
    taps->dilation_height = taps->dilation_width = 1;
    taps->transposed = true;
    taps->groups = 1;
    taps->inputs = taps->tap_step = input->dims->data[3];
    taps->channel_step = height * width * taps->inputs;
    taps->weights = filter->data.int8;
    return finish_taps(context, input, filter, bias, output, kTfLiteActNone,
                       {taps->weights, taps->channel_step, 1, taps->channel_step, false}, *taps);
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& taps = *static_cast<const Taps*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 2);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const auto images = static_cast<std::size_t>(input->dims->data[0]);
    for (std::size_t i = 0; i < images; ++i)
        convolve_taps(taps, input->data.int8 + i * (input->bytes / images),
                      output->data.int8 + i * (output->bytes / images), working_memory());
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_TRANSPOSE_CONV() { return registration<prepare, invoke>(); }

} // namespace kernels
