#include "tflm/inference.hpp"

#include "harness/format.hpp"
#include "harness/submitter.hpp"
#include "tensorflow/lite/schema/schema_generated.h"
#include "tflm/vintage.hpp"
#include "tflm/working_memory.hpp"

#include <cstring>

extern "C" {
extern const unsigned char g_model[];
extern std::uint8_t* const tinysim_arena;
extern const std::uint32_t tinysim_arena_bytes;
extern std::uint8_t* const tinysim_scratch;
extern const std::uint32_t tinysim_scratch_bytes;
/// How many of the model's last inputs are state, what the same number of its outputs from
/// `tinysim_outputs` on becomes. Between inferences it lies in `tinysim_state`, one tensor
/// behind the other.
extern const std::uint32_t tinysim_states;
extern const std::uint32_t tinysim_outputs;
extern std::uint8_t* const tinysim_state;
extern const std::uint8_t* const tinysim_state_at_reset;
extern const std::uint32_t tinysim_state_bytes;
/// Read by whoever wants to know, through the symbols.
std::uint32_t tinysim_arena_used_bytes;
std::uint32_t tinysim_scratch_used_bytes;
}

namespace inference {
namespace {

constexpr std::uint32_t schema_version = 3;

tflite::MicroInterpreter* interpreter;

[[noreturn]] void refuse(const char* what) {
    th_printf("e-[%s]\r\n", what);
    for (;;) {
    }
}

Tensor describe(const TfLiteTensor* tensor) {
    return {tensor->data.int8, tensor->bytes, tensor->params.scale, tensor->params.zero_point};
}

void put_state() {
    const std::uint8_t* from = tinysim_state;
    for (std::size_t i = inputs(); i < interpreter->inputs_size(); ++i) {
        const Tensor to = describe(interpreter->input(i));
        std::memcpy(to.data, from, to.size);
        from += to.size;
    }
}

void take_state() {
    std::uint8_t* to = tinysim_state;
    for (std::size_t i = 0; i < tinysim_states; ++i) {
        const Tensor from = describe(interpreter->output(tinysim_outputs + i));
        std::memcpy(to, from.data, from.size);
        to += from.size;
    }
}

} // namespace

void start() {
    const tflite::Model* model = tflite::GetModel(g_model);
    if (model->version() != schema_version)
        refuse("The model has another schema version");
    interpreter = &vintage::make_interpreter(*model, tinysim_arena, tinysim_arena_bytes);
    if (interpreter->AllocateTensors() != kTfLiteOk)
        refuse("The model cannot be allocated");
    // Asked for the size, that of July 2020 logs lines that the protocol does not have.
    vintage::log(false);
    tinysim_arena_used_bytes = static_cast<std::uint32_t>(interpreter->arena_used_bytes());
    vintage::log(true);
    reset();
}

std::size_t inputs() { return interpreter->inputs_size() - tinysim_states; }
std::size_t outputs() { return tinysim_outputs; }
Tensor input(std::size_t index) { return describe(interpreter->input(index)); }
Tensor output(std::size_t index) { return describe(interpreter->output(index)); }

void invoke() {
    put_state();
    if (interpreter->Invoke() != kTfLiteOk)
        refuse("The inference failed");
    take_state();
}

void reset() {
    vintage::reset(*interpreter);
    std::memcpy(tinysim_state, tinysim_state_at_reset, tinysim_state_bytes);
}

} // namespace inference

bool kernels::has_working_memory(std::size_t size) {
    if (size > tinysim_scratch_bytes)
        return false;
    if (size > tinysim_scratch_used_bytes)
        tinysim_scratch_used_bytes = static_cast<std::uint32_t>(size);
    return true;
}
void* kernels::working_memory() { return tinysim_scratch; }

extern "C" void th_final_initialize() { inference::start(); }
extern "C" void th_infer() { inference::invoke(); }
