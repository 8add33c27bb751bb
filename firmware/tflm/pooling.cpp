#include "kernels/pooling.hpp"

#include "kernels/elementwise.hpp"
#include "tflm/tensors.hpp"

namespace kernels {
namespace {

using Pool = void (*)(const ConvolutionShape&, const OutputRange&, const std::int8_t*,
                      std::int8_t*);

template <Pool pool> TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLitePoolParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(output));
    OutputRange range{};
    TF_LITE_ENSURE_STATUS(tflite::CalculateActivationRangeQuantized(
        context, params->activation, output, &range.minimum, &range.maximum));
    const ConvolutionShape shape =
        shape_of(input, output, params->filter_height, params->filter_width, params->stride_height,
                 params->stride_width, params->padding);
    const int batches = input->dims->data[0];
    const std::int8_t* from = input->data.int8;
    std::int8_t* to = output->data.int8;
    for (int i = 0; i < batches; ++i) {
        pool(shape, range, from, to);
        from += shape.input_height * shape.input_width * shape.input_channels;
        to += shape.output_height * shape.output_width * shape.input_channels;
    }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_AVERAGE_POOL_2D() {
    return registration<nullptr, invoke<average_pool>>();
}

TfLiteRegistration* Register_MAX_POOL_2D() { return registration<nullptr, invoke<max_pool>>(); }

} // namespace kernels
