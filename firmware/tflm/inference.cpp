#include "tflm/inference.hpp"

#include "harness/format.hpp"
#include "harness/submitter.hpp"
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"
#include "tensorflow/lite/version.h"
#include "tflm/resolver.hpp"
#include "tflm/working_memory.hpp"

#include <new>

extern "C" {
extern const unsigned char g_model[];
/// Read by whoever wants to know, through the symbol.
std::uint32_t tinysim_arena_used_bytes;
void DebugLog(const char* text);
}

namespace {

bool silent;

} // namespace

void DebugLog(const char* text) {
    if (!silent)
        th_printf("%s", text);
}

namespace inference {
namespace {

alignas(8) __attribute__((section(".bss.scratch"))) std::uint8_t scratch[TINYSIM_SCRATCH_BYTES];
alignas(16) std::uint8_t arena[TINYSIM_ARENA_BYTES];
alignas(tflite::MicroInterpreter) unsigned char storage[sizeof(tflite::MicroInterpreter)];
tflite::MicroInterpreter* interpreter;

[[noreturn]] void refuse(const char* what) {
    th_printf("e-[%s]\r\n", what);
    for (;;) {
    }
}

Tensor describe(const TfLiteTensor* tensor) {
    return {tensor->data.int8, tensor->bytes, tensor->params.scale, tensor->params.zero_point};
}

void check(const tflite::MicroInterpreter& built) {
    if (built.inputs_size() != 1 || built.outputs_size() != 1)
        refuse("The model must have one input and one output");
}

} // namespace

void start() {
    static tflite::MicroErrorReporter reporter;
    const tflite::Model* model = tflite::GetModel(g_model);
    if (model->version() != TFLITE_SCHEMA_VERSION)
        refuse("The model has another schema version");
    interpreter = new (storage)
        tflite::MicroInterpreter(model, op_resolver(), arena, sizeof arena, &reporter);
    if (interpreter->AllocateTensors() != kTfLiteOk)
        refuse("The model cannot be allocated");
    check(*interpreter);
    // Asked for the size, this vintage logs lines that the protocol does not have.
    silent = true;
    tinysim_arena_used_bytes = static_cast<std::uint32_t>(interpreter->arena_used_bytes());
    silent = false;
}

Tensor input() { return describe(interpreter->input(0)); }
Tensor output() { return describe(interpreter->output(0)); }

void invoke() {
    if (interpreter->Invoke() != kTfLiteOk)
        refuse("The inference failed");
}

} // namespace inference

bool kernels::has_working_memory(std::size_t size) { return size <= sizeof inference::scratch; }
void* kernels::working_memory() { return inference::scratch; }

extern "C" void th_final_initialize() { inference::start(); }
extern "C" void th_infer() { inference::invoke(); }
