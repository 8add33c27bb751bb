#pragma once

#include "kernels/broadcast.hpp"
#include "kernels/requantize.hpp"

namespace kernels {

/// A product of two tensors: (a - first_zero) * (b - second_zero), requantized.
struct Product {
    std::int32_t first_zero, second_zero;
    std::int32_t multiplier;
    int shift; ///< positive: left
    OutputRange range;
};

void multiply(const Product& product, const Broadcast& shape, const std::int8_t* first,
              const std::int8_t* second, std::int8_t* output);
void multiply(const Product& product, const Broadcast& shape, const std::int16_t* first,
              const std::int16_t* second, std::int16_t* output);

/// A sum of two tensors, or the square of their difference: each input less its zero point, times
/// 2^left_shift, is multiplied on its own, the second is taken `sign` times.
struct Sum {
    std::int32_t zero[2];
    std::int32_t multiplier[2];
    int shift[2];
    int left_shift;
    int sign;
    bool squared;
    std::int32_t output_multiplier;
    int output_shift;
    OutputRange range;
};

void sum(const Sum& sum, const Broadcast& shape, const std::int8_t* first,
         const std::int8_t* second, std::int8_t* output);
void sum(const Sum& sum, const Broadcast& shape, const std::int16_t* first,
         const std::int16_t* second, std::int16_t* output);

} // namespace kernels
