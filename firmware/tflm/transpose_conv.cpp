#include "tflm/taps.hpp"
#include "tflm/working_memory.hpp"

#include <algorithm>

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
    taps->shape = turned(shape_of(output, input, height, width, params->stride_height,
                                  params->stride_width, params->padding));
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

TfLiteStatus prepare_float(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteTransposeConvParams*>(node->builtin_data);
    const TfLiteTensor* filter = tflite::GetInput(context, node, 1);
    const TfLiteTensor* input = tflite::GetInput(context, node, 2);
    auto* const shape = allocate<ConvolutionShape>(context, 1);
    TF_LITE_ENSURE(context, shape != nullptr && filter->type == kTfLiteFloat32);
    node->user_data = shape;
    *shape = turned(shape_of(tflite::GetOutput(context, node, 0), input, filter->dims->data[1],
                             filter->dims->data[2], params->stride_height, params->stride_width,
                             params->padding));
    return kTfLiteOk;
}

/// What one value of an image gives to every output that it reaches; outputs follow the image's
/// order, in which TFLite sums them up.
void spread(const ConvolutionShape& shape, int y, int x, int channel, float value,
            const float* weights, float* output) {
    const int top = y * shape.stride_height - shape.padding_top;
    const int left = x * shape.stride_width - shape.padding_left;
    const int step = shape.kernel_height * shape.kernel_width * shape.input_channels;
    for (int i = 0; i < shape.kernel_height; ++i)
        for (int j = 0; j < shape.kernel_width; ++j) {
            const int row = top + i;
            const int column = left + j;
            if (row < 0 || row >= shape.output_height || column < 0 || column >= shape.output_width)
                continue;
            float* to = output + (row * shape.output_width + column) * shape.output_channels;
            const float* weight =
                weights + (i * shape.kernel_width + j) * shape.input_channels + channel;
            for (int o = 0; o < shape.output_channels; ++o)
                to[o] += value * weight[o * step];
        }
}

TfLiteStatus invoke_float(TfLiteContext* context, TfLiteNode* node) {
    const auto& shape = *static_cast<const ConvolutionShape*>(node->user_data);
    const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 3);
    const TfLiteTensor* input = tflite::GetInput(context, node, 2);
    const float* from = input->data.f;
    float* to = tflite::GetOutput(context, node, 0)->data.f;
    const int size = shape.output_height * shape.output_width * shape.output_channels;
    for (int image = 0; image < input->dims->data[0]; ++image, to += size) {
        std::fill_n(to, size, 0.0f);
        for (int y = 0; y < shape.input_height; ++y)
            for (int x = 0; x < shape.input_width; ++x)
                for (int channel = 0; channel < shape.input_channels; ++channel)
                    spread(shape, y, x, channel, *from++,
                           tflite::GetInput(context, node, 1)->data.f, to);
        for (int i = 0; bias && i < size; ++i)
            to[i] += bias->data.f[i % shape.output_channels];
    }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_TRANSPOSE_CONV() { return registration<prepare, invoke>(); }
TfLiteRegistration* Register_TRANSPOSE_CONV_float32() {
    return registration<prepare_float, invoke_float>();
}

} // namespace kernels
