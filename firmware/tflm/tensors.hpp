#pragma once

#include "kernels/broadcast.hpp"
#include "kernels/convolution.hpp"
#include "tensorflow/lite/c/builtin_op_data.h"
#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/kernels/kernel_util.h"
#include "tensorflow/lite/kernels/padding.h"

/// From TFLM's tensors to what the kernels take.
namespace kernels {

/// Memory that lasts as long as the interpreter; null when the arena is full.
template <class T> T* allocate(TfLiteContext* context, std::size_t count) {
    void* memory = nullptr;
    if (context->AllocatePersistentBuffer(context, count * sizeof(T), &memory) != kTfLiteOk)
        return nullptr;
    return static_cast<T*>(memory);
}

/// An operation by its two functions. One with those of another has a `tag` of its own, as the
/// resolver writes into a registration whose it is.
template <auto prepare, auto invoke, int tag = 0> TfLiteRegistration* registration() {
    static TfLiteRegistration result{};
    result.prepare = prepare;
    result.invoke = invoke;
    return &result;
}

inline bool is_int8(const TfLiteTensor* tensor) { return tensor && tensor->type == kTfLiteInt8; }

/// Images and kernels: `shape` but for its padding.
inline ConvolutionShape shape_of(const TfLiteTensor* input, const TfLiteTensor* output,
                                 int kernel_height, int kernel_width, int stride_height,
                                 int stride_width, TfLitePadding padding, int dilation_height = 1,
                                 int dilation_width = 1) {
    ConvolutionShape shape{};
    shape.input_height = input->dims->data[1];
    shape.input_width = input->dims->data[2];
    shape.input_channels = input->dims->data[3];
    shape.kernel_height = kernel_height;
    shape.kernel_width = kernel_width;
    shape.output_height = output->dims->data[1];
    shape.output_width = output->dims->data[2];
    shape.output_channels = output->dims->data[3];
    shape.stride_height = stride_height;
    shape.stride_width = stride_width;
    int unused_height = 0;
    int unused_width = 0;
    const TfLitePaddingValues values = tflite::ComputePaddingHeightWidth(
        stride_height, stride_width, dilation_height, dilation_width, shape.input_height,
        shape.input_width, kernel_height, kernel_width, padding, &unused_height, &unused_width);
    shape.padding_top = values.height;
    shape.padding_left = values.width;
    return shape;
}

/// The shape of a transposed convolution, from that of the convolution which goes the other way:
/// the padding is the same.
inline ConvolutionShape turned(const ConvolutionShape& forward) {
    ConvolutionShape shape = forward;
    shape.input_height = forward.output_height;
    shape.input_width = forward.output_width;
    shape.input_channels = forward.output_channels;
    shape.output_height = forward.input_height;
    shape.output_width = forward.input_width;
    shape.output_channels = forward.input_channels;
    return shape;
}

/// How two tensors meet in an output; false when they do not.
inline bool broadcast_of(const TfLiteTensor* first, const TfLiteTensor* second,
                         const TfLiteTensor* output, Broadcast& result) {
    if (!make_broadcast(first->dims->data, first->dims->size, second->dims->data,
                        second->dims->size, result))
        return false;
    std::int64_t count = 1;
    for (int i = 0; i < result.rank; ++i)
        count *= result.count[i];
    return count == tflite::NumElements(output);
}

/// Multipliers of every output channel as the kernels want them; `count` weights of a channel
/// lie `step` apart, channel c's from weights[c * first] on. The input's zero point goes into the
/// bias or not.
struct ChannelWeights {
    const std::int8_t* weights;
    int count;
    int step;
    int first;
    bool folds_zero_point;
};
TfLiteStatus make_channels(TfLiteContext* context, const TfLiteTensor* input,
                           const TfLiteTensor* filter, const TfLiteTensor* bias,
                           TfLiteTensor* output, TfLiteFusedActivation activation,
                           const ChannelWeights& weights, int channels, Channel** result,
                           OutputRange* range, bool* quick);

} // namespace kernels
