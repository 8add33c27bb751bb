#include "tflm/vintage.hpp"

#include "harness/format.hpp"
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tflm/resolver.hpp"

#include <new>

extern "C" void DebugLog(const char* text);

namespace {

bool shown = true;

} // namespace

void DebugLog(const char* text) {
    if (shown)
        th_printf("%s", text);
}

namespace inference::vintage {

tflite::MicroInterpreter& make_interpreter(const tflite::Model& model, std::uint8_t* arena,
                                           std::size_t bytes) {
    alignas(
        tflite::MicroInterpreter) static unsigned char storage[sizeof(tflite::MicroInterpreter)];
    static tflite::MicroErrorReporter reporter;
    return *new (storage) tflite::MicroInterpreter(&model, op_resolver(), arena, bytes, &reporter);
}

void reset(tflite::MicroInterpreter& interpreter) { interpreter.ResetVariableTensors(); }

void log(bool show) { shown = show; }

} // namespace inference::vintage
