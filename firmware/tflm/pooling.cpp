#include "kernels/pooling.hpp"

#include "kernels/elementwise.hpp"
#include "kernels/wide.hpp"
#include "tflm/tensors.hpp"

namespace kernels {
namespace {

template <class T> using Pool = void (*)(const ConvolutionShape&, const OutputRange&, const T*, T*);

template <class T>
void pool_all(Pool<T> pool, const ConvolutionShape& shape, const OutputRange& range, int images,
              const T* from, T* to) {
    for (int i = 0; i < images; ++i) {
        pool(shape, range, from, to);
        from += shape.input_height * shape.input_width * shape.input_channels;
        to += shape.output_height * shape.output_width * shape.input_channels;
    }
}

template <class T, Pool<T> pool> TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLitePoolParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE_EQ(context, input->type, output->type);
    OutputRange range{};
    TF_LITE_ENSURE_STATUS(tflite::CalculateActivationRangeQuantized(
        context, params->activation, output, &range.minimum, &range.maximum));
    const ConvolutionShape shape =
        shape_of(input, output, params->filter_height, params->filter_width, params->stride_height,
                 params->stride_width, params->padding);
    pool_all<T>(pool, shape, range, input->dims->data[0], static_cast<const T*>(input->data.data),
                static_cast<T*>(output->data.data));
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_AVERAGE_POOL_2D() {
    return registration<nullptr, invoke<std::int8_t, average_pool>>();
}
TfLiteRegistration* Register_AVERAGE_POOL_2D_int16() {
    return registration<nullptr, invoke<std::int16_t, average_pool>>();
}
TfLiteRegistration* Register_MAX_POOL_2D() {
    return registration<nullptr, invoke<std::int8_t, max_pool>>();
}
TfLiteRegistration* Register_MAX_POOL_2D_int16() {
    return registration<nullptr, invoke<std::int16_t, max_pool>>();
}

} // namespace kernels
