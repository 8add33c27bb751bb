#pragma once

#include <cstddef>
#include <cstdint>

/// The model, its interpreter and the quantization of its ends.
namespace inference {

struct Tensor {
    std::int8_t* data;
    std::size_t size;
    float scale;
    std::int32_t zero_point;

    float dequantized(std::size_t index) const {
        return static_cast<float>(data[index] - zero_point) * scale;
    }
};

/// Builds the interpreter. What cannot be run is said on the serial port, for good.
void start();
Tensor input();
Tensor output();
void invoke();

} // namespace inference
