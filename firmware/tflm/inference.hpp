#pragma once

#include <cstddef>
#include <cstdint>

/// The model, its interpreter and the quantization of its ends.
namespace inference {

struct Tensor {
    std::int8_t* data;
    /// In bytes, which are the elements where they are int8.
    std::size_t size;
    float scale;
    std::int32_t zero_point;

    float dequantized(std::size_t index) const {
        return static_cast<float>(data[index] - zero_point) * scale;
    }
};

/// Builds the interpreter. What cannot be run is said on the serial port, for good.
void start();
/// The model's own ends: without those that carry its state from one inference to the next.
std::size_t inputs();
std::size_t outputs();
Tensor input(std::size_t index = 0);
Tensor output(std::size_t index = 0);
void invoke();
/// Sets the state back to what it was before the first inference.
void reset();

} // namespace inference
