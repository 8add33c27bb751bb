#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tflm/registrations.hpp"
#include "tflm/resolver.hpp"

namespace inference {
namespace {

constexpr unsigned slots = 32;

using Resolver = tflite::MicroMutableOpResolver<slots>;

Resolver make_resolver() {
    namespace micro = tflite::ops::micro;
    Resolver resolver;
    resolver.AddBuiltin(tflite::BuiltinOperator_CONV_2D, kernels::Register_CONV_2D(), 1, 5);
    resolver.AddBuiltin(tflite::BuiltinOperator_DEPTHWISE_CONV_2D,
                        kernels::Register_DEPTHWISE_CONV_2D(), 1, 6);
    resolver.AddBuiltin(tflite::BuiltinOperator_FULLY_CONNECTED,
                        kernels::Register_FULLY_CONNECTED(), 1, 4);
    resolver.AddBuiltin(tflite::BuiltinOperator_ADD, kernels::Register_ADD(), 1, 2);
    resolver.AddBuiltin(tflite::BuiltinOperator_AVERAGE_POOL_2D,
                        kernels::Register_AVERAGE_POOL_2D(), 1, 2);
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
