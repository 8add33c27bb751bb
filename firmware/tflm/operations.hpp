#pragma once

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/schema/schema_generated.h"

#include <cstddef>
#include <cstdint>

/// The operations that an image has kernels for; the build writes them from operations.csv.
namespace inference {

struct Operation {
    tflite::BuiltinOperator code;
    std::uint8_t data; ///< the input whose type decides
    std::uint8_t first_version, last_version;
    std::uint32_t types; ///< a bit for each TfLiteType
    TfLiteRegistration* (*kernel)();
};

extern const Operation operations[];
extern const std::size_t operation_count;

constexpr std::uint32_t of(TfLiteType type) { return 1u << type; }

constexpr TfLiteType kTfLite_bool = kTfLiteBool;
constexpr TfLiteType kTfLite_float32 = kTfLiteFloat32;
constexpr TfLiteType kTfLite_int8 = kTfLiteInt8;
constexpr TfLiteType kTfLite_int16 = kTfLiteInt16;
constexpr TfLiteType kTfLite_int32 = kTfLiteInt32;
constexpr TfLiteType kTfLite_int64 = kTfLiteInt64;
constexpr TfLiteType kTfLite_uint8 = kTfLiteUInt8;

} // namespace inference
