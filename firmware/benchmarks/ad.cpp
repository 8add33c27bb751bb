/// Anomaly detection: five frames of 128 log-mel energies; the answer is how badly the
/// autoencoder renders them.
#include "benchmarks/benchmark.hpp"

#include <cmath>
#include <cstring>

const char* const TH_MODEL_VERSION = "ad01";
const std::size_t TH_MAX_INPUT_SIZE = 5120;
const std::uint32_t TH_BAUD = 921600;

namespace {

float original(std::size_t index) {
    float value;
    std::memcpy(&value, harness::buffer().data() + 4 * index, sizeof value);
    return value;
}

} // namespace

extern "C" void th_load_tensor() {
    const inference::Tensor input = inference::input();
    for (std::size_t i = 0; i < input.size; ++i) {
        float value = std::round(original(i) / input.scale) + static_cast<float>(input.zero_point);
        value = value < -128.0f ? -128.0f : value > 127.0f ? 127.0f : value;
        input.data[i] = static_cast<std::int8_t>(value);
    }
}

extern "C" void th_results() {
    const inference::Tensor output = inference::output();
    float sum = 0;
    for (std::size_t i = 0; i < output.size; ++i) {
        const float difference = output.dequantized(i) - original(i);
        sum += difference * difference;
    }
    th_printf("m-results-[");
    harness::print_decimals(sum / static_cast<float>(output.size));
    th_printf("]\r\n");
}
