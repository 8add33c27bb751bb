/// Image classification, large: what is sent and answered is as in ic.
#include "benchmarks/benchmark.hpp"

const char* const TH_MODEL_VERSION = "ic02";
const std::size_t TH_MAX_INPUT_SIZE = 3072;
const std::uint32_t TH_BAUD = 115200;

extern "C" void th_load_tensor() { benchmark::load_bytes(128); }

extern "C" void th_results() {
    benchmark::print_results([](float value) { harness::print_decimals(value); });
}
