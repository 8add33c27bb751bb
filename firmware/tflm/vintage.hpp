#pragma once

#include "tensorflow/lite/micro/micro_interpreter.h"

#include <cstddef>
#include <cstdint>

/// What is not the same in the interpreter of July 2020 and in today's.
namespace inference::vintage {

tflite::MicroInterpreter& make_interpreter(const tflite::Model& model, std::uint8_t* arena,
                                           std::size_t bytes);

/// Variable tensors as they were before the first inference.
void reset(tflite::MicroInterpreter& interpreter);

/// Whether what the interpreter logs is printed.
void log(bool shown);

} // namespace inference::vintage
