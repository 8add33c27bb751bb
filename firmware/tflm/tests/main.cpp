/// Runs models by the firmware's interpreter and kernels on this machine. Standard input is one
/// model after another: its size, how many inferences, the size of an inference's inputs (three
/// 32-bit numbers), the model, the inputs. For each the standard output has the size of what
/// follows, the bytes of working memory that the kernels asked for, and the outputs of all
/// inferences; or 0xFFFFFFFF, the length of a message and the message.
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/version.h"
#include "tflm/resolver.hpp"
#include "tflm/working_memory.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

extern "C" {
constexpr std::size_t model_room = 16 << 20;
alignas(16) unsigned char g_model[model_room];
void DebugLog(const char* text);
// No host has decided on anything.
extern const void* const tinysim_places;
extern const std::uint32_t tinysim_place_count;
extern const std::uint32_t tinysim_packs;
const void* const tinysim_places = nullptr;
const std::uint32_t tinysim_place_count = 0;
// Without, kernels work as they do where RAM has no room for what they pack.
const std::uint32_t tinysim_packs = std::getenv("TINYSIM_UNPACKED") ? 0 : 1;
}

namespace {

constexpr std::size_t arena_room = 8 << 20;
alignas(16) std::uint8_t arena[arena_room];
std::size_t wanted;
std::vector<std::uint64_t> working;
std::string messages;

bool read(void* to, std::size_t size) { return std::fread(to, 1, size, stdin) == size; }

void write(const void* from, std::size_t size) { std::fwrite(from, 1, size, stdout); }

void write_number(std::size_t number) {
    const auto word = static_cast<std::uint32_t>(number);
    write(&word, sizeof word);
}

bool run(const std::vector<std::uint8_t>& inputs, std::size_t inferences,
         std::vector<std::uint8_t>& outputs) {
    // What a kernel leaves unwritten shows.
    std::memset(arena, 0xA5, sizeof arena);
    tflite::MicroErrorReporter reporter;
    // As on the board it is not taken apart, which one that was refused would not survive.
    alignas(
        tflite::MicroInterpreter) static unsigned char storage[sizeof(tflite::MicroInterpreter)];
    auto& interpreter = *new (storage) tflite::MicroInterpreter(
        tflite::GetModel(g_model), inference::op_resolver(), arena, sizeof arena, &reporter);
    if (interpreter.AllocateTensors() != kTfLiteOk)
        return false;
    interpreter.ResetVariableTensors();
    // Its end is where a kernel must not write any more.
    working.assign(wanted / sizeof(std::uint64_t) + 1, 0xA5A5A5A5A5A5A5A5);
    const std::uint8_t* from = inputs.data();
    for (std::size_t n = 0; n < inferences; ++n) {
        for (std::size_t i = 0; i < interpreter.inputs_size(); ++i) {
            TfLiteTensor* tensor = interpreter.input(i);
            std::memcpy(tensor->data.raw, from, tensor->bytes);
            from += tensor->bytes;
        }
        if (interpreter.Invoke() != kTfLiteOk)
            return false;
        for (std::size_t i = 0; i < interpreter.outputs_size(); ++i) {
            const TfLiteTensor* tensor = interpreter.output(i);
            outputs.insert(outputs.end(), tensor->data.uint8, tensor->data.uint8 + tensor->bytes);
        }
    }
    return true;
}

} // namespace

void DebugLog(const char* text) { messages += text; }

bool kernels::has_working_memory(std::size_t size) {
    wanted = std::max(wanted, size);
    // Some is needed before the first inference.
    working.resize(std::max(working.size(), wanted / sizeof(std::uint64_t) + 1));
    return true;
}
void* kernels::working_memory() { return working.data(); }

int main() {
    std::uint32_t sizes[3];
    while (read(sizes, sizeof sizes)) {
        std::vector<std::uint8_t> inputs(std::size_t{sizes[1]} * sizes[2]);
        if (sizes[0] > model_room || !read(g_model, sizes[0]) ||
            !read(inputs.data(), inputs.size()))
            return 1;
        messages.clear();
        wanted = 0;
        std::vector<std::uint8_t> outputs;
        if (run(inputs, sizes[1], outputs)) {
            write_number(outputs.size());
            write_number(wanted);
            write(outputs.data(), outputs.size());
        } else {
            write_number(0xFFFFFFFF);
            write_number(messages.size());
            write(messages.data(), messages.size());
        }
        std::fflush(stdout);
    }
    return 0;
}
