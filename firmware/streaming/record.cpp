#include "streaming/record.hpp"

namespace record {
namespace {

std::int16_t g_memory[bytes / sizeof(std::int16_t)];

} // namespace

std::int8_t* activations() { return reinterpret_cast<std::int8_t*>(g_memory); }
std::int16_t* sound() { return g_memory; }

} // namespace record
