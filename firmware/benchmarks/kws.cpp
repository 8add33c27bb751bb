/// Keyword spotting: 49 frames of 10 MFCC, already quantized by the host.
#include "benchmarks/benchmark.hpp"

const char* const TH_MODEL_VERSION = "kws01";
const std::size_t TH_MAX_INPUT_SIZE = 490;
const std::uint32_t TH_BAUD = 115200;

extern "C" void th_load_tensor() { benchmark::load_bytes(0); }

extern "C" void th_results() {
    benchmark::print_results([](float value) { harness::print_thousandths(value); });
}
