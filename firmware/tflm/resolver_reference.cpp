#include "tensorflow/lite/kernels/kernel_util.h"
#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tflm/resolver.hpp"

namespace inference {
namespace {

constexpr unsigned slots = 32;

using Resolver = tflite::MicroMutableOpResolver<slots>;

/// TFLM's kernel of this vintage takes the first channel's scale for all of them.
TfLiteStatus prepare_fully_connected(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteQuantization& quantization = tflite::GetInput(context, node, 1)->quantization;
    if (quantization.type == kTfLiteAffineQuantization &&
        static_cast<const TfLiteAffineQuantization*>(quantization.params)->scale->size > 1) {
        TF_LITE_KERNEL_LOG(context, "e-[FULLY_CONNECTED by channel needs the variant dsp]");
        return kTfLiteError;
    }
    return tflite::ops::micro::Register_FULLY_CONNECTED()->prepare(context, node);
}

Resolver make_resolver() {
    namespace micro = tflite::ops::micro;
    Resolver resolver;
    resolver.AddBuiltin(tflite::BuiltinOperator_CONV_2D, micro::Register_CONV_2D(), 1, 5);
    resolver.AddBuiltin(tflite::BuiltinOperator_DEPTHWISE_CONV_2D,
                        micro::Register_DEPTHWISE_CONV_2D(), 1, 6);
    TfLiteRegistration fully_connected = *micro::Register_FULLY_CONNECTED();
    fully_connected.prepare = prepare_fully_connected;
    resolver.AddBuiltin(tflite::BuiltinOperator_FULLY_CONNECTED, &fully_connected, 1, 4);
    resolver.AddBuiltin(tflite::BuiltinOperator_ADD, micro::Register_ADD(), 1, 2);
    resolver.AddBuiltin(tflite::BuiltinOperator_AVERAGE_POOL_2D, micro::Register_AVERAGE_POOL_2D(),
                        1, 2);
    resolver.AddBuiltin(tflite::BuiltinOperator_RESHAPE, micro::Register_RESHAPE(), 1, 1);
    resolver.AddBuiltin(tflite::BuiltinOperator_SOFTMAX, micro::Register_SOFTMAX(), 1, 2);
    return resolver;
}

} // namespace

const tflite::MicroOpResolver& op_resolver() {
    static const Resolver resolver = make_resolver();
    return resolver;
}

} // namespace inference
