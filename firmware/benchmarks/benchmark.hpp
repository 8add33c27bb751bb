#pragma once

#include "harness/buffer.hpp"
#include "harness/format.hpp"
#include "harness/submitter.hpp"
#include "tflm/inference.hpp"

/// What the benchmarks share.
namespace benchmark {

/// The host's bytes become the input, less an offset that makes unsigned ones signed.
inline void load_bytes(int offset) {
    const inference::Tensor input = inference::input();
    const harness::Buffer& buffer = harness::buffer();
    const std::size_t count = buffer.size() < input.size ? buffer.size() : input.size;
    for (std::size_t i = 0; i < count; ++i)
        input.data[i] = static_cast<std::int8_t>(buffer.data()[i] - offset);
}

/// One number for each class.
template <class Print> void print_results(Print print) {
    const inference::Tensor output = inference::output();
    th_printf("m-results-[");
    for (std::size_t i = 0; i < output.size; ++i) {
        if (i != 0)
            th_printf(",");
        print(output.dequantized(i));
    }
    th_printf("]\r\n");
}

} // namespace benchmark
