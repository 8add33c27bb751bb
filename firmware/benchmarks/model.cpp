/// Any model, of no benchmark: the host's bytes are its inputs, one behind the other, and the
/// answer is every byte of its outputs in hexadecimal digits, a `;` between two of them.
#include "benchmarks/benchmark.hpp"

#include <cstring>

const char* const TH_MODEL_VERSION = "model";
const std::size_t TH_MAX_INPUT_SIZE = 0x10'0000; // more than there is RAM: the host knows the size
const std::uint32_t TH_BAUD = 921600;

extern "C" void th_load_tensor() {
    const std::uint8_t* from = harness::buffer().data();
    std::size_t left = harness::buffer().size();
    for (std::size_t i = 0; i < inference::inputs(); ++i) {
        const inference::Tensor input = inference::input(i);
        const std::size_t count = left < input.size ? left : input.size;
        std::memcpy(input.data, from, count);
        from += count;
        left -= count;
    }
}

extern "C" void th_reset() { inference::reset(); }

extern "C" void th_results() {
    th_printf("m-results-[");
    for (std::size_t i = 0; i < inference::outputs(); ++i) {
        if (i != 0)
            th_printf(";");
        const inference::Tensor output = inference::output(i);
        for (std::size_t byte = 0; byte < output.size; ++byte)
            th_printf("%02x", static_cast<unsigned>(static_cast<std::uint8_t>(output.data[byte])));
    }
    th_printf("]\r\n");
}
