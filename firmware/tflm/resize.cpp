#include "kernels/resize.hpp"

#include "tflm/moves.hpp"

namespace kernels {
namespace {

template <class Params> TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const Params*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_constant(tflite::GetInput(context, node, 1)));
    TF_LITE_ENSURE_EQ(context, input->type, output->type);
    TF_LITE_ENSURE(context, input->dims->size == 4 && output->dims->size == 4);
    auto* const resize = allocate<Resize>(context, 1);
    TF_LITE_ENSURE(context, resize != nullptr);
    node->user_data = resize;
    *resize = {shape_of(input, output, 1, 1, 1, 1, kTfLitePaddingValid), params->align_corners,
               params->half_pixel_centers};
    return kTfLiteOk;
}

template <class Each>
TfLiteStatus for_each_image(TfLiteContext* context, TfLiteNode* node, Each each) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const auto images = static_cast<std::size_t>(input->dims->data[0]);
    for (std::size_t i = 0; i < images; ++i)
        each(input->data.int8 + i * (input->bytes / images),
             output->data.int8 + i * (output->bytes / images));
    return kTfLiteOk;
}

TfLiteStatus invoke_nearest(TfLiteContext* context, TfLiteNode* node) {
    const int width = width_of(tflite::GetInput(context, node, 0));
    return for_each_image(context, node, [&](const std::int8_t* from, std::int8_t* to) {
        resize_nearest(*static_cast<const Resize*>(node->user_data), width, from, to);
    });
}

TfLiteStatus invoke_bilinear(TfLiteContext* context, TfLiteNode* node) {
    const auto& resize = *static_cast<const Resize*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    if (input->type == kTfLiteInt8)
        return for_each_image(context, node, [&](const std::int8_t* from, std::int8_t* to) {
            resize_bilinear(resize, from, to);
        });
    const ConvolutionShape& shape = resize.shape;
    const float* from = input->data.f;
    float* to = tflite::GetOutput(context, node, 0)->data.f;
    for (int image = 0; image < input->dims->data[0]; ++image) {
        resize_bilinear(resize, from, to);
        from += shape.input_height * shape.input_width * shape.input_channels;
        to += shape.output_height * shape.output_width * shape.output_channels;
    }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_RESIZE_NEAREST_NEIGHBOR() {
    return registration<prepare<TfLiteResizeNearestNeighborParams>, invoke_nearest>();
}

TfLiteRegistration* Register_RESIZE_BILINEAR() {
    return registration<prepare<TfLiteResizeBilinearParams>, invoke_bilinear>();
}

} // namespace kernels
