#pragma once

#include "tensorflow/lite/c/common.h"

/// The kernels as operations of TFLM (API of July 2020). int8 only: a model with anything else
/// is refused when it is prepared.
namespace kernels {

TfLiteRegistration* Register_CONV_2D();
TfLiteRegistration* Register_DEPTHWISE_CONV_2D();
TfLiteRegistration* Register_FULLY_CONNECTED();
TfLiteRegistration* Register_ADD();
TfLiteRegistration* Register_AVERAGE_POOL_2D();

} // namespace kernels
