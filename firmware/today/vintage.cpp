#include "tflm/vintage.hpp"

#include "harness/format.hpp"
#include "tflm/resolver.hpp"

#include <cstdarg>
#include <cstdio>
#include <new>

extern "C" {
void DebugLog(const char* format, va_list arguments);
int DebugVsnprintf(char* buffer, std::size_t size, const char* format, va_list arguments);
}

namespace {

constexpr std::size_t line_size = 256;
bool shown = true;

} // namespace

void DebugLog(const char* format, va_list arguments) {
    static char line[line_size];
    if (!shown)
        return;
    std::vsnprintf(line, sizeof line, format, arguments);
    th_printf("%s", line);
}

int DebugVsnprintf(char* buffer, std::size_t size, const char* format, va_list arguments) {
    return std::vsnprintf(buffer, size, format, arguments);
}

namespace inference::vintage {

tflite::MicroInterpreter& make_interpreter(const tflite::Model& model, std::uint8_t* arena,
                                           std::size_t bytes) {
    alignas(
        tflite::MicroInterpreter) static unsigned char storage[sizeof(tflite::MicroInterpreter)];
    return *new (storage) tflite::MicroInterpreter(&model, op_resolver(), arena, bytes);
}

void reset(tflite::MicroInterpreter& interpreter) { interpreter.Reset(); }

void log(bool show) { shown = show; }

} // namespace inference::vintage
