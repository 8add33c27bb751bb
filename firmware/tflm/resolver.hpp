#pragma once

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

namespace inference {

/// The operations that the benchmarks' models use, each with the versions that its kernel is
/// known to compute rightly.
const tflite::MicroOpResolver& op_resolver();

} // namespace inference
