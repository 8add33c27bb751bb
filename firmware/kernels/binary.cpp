#include "kernels/binary.hpp"

namespace kernels {
namespace {

template <class T> T clamped(std::int32_t value, const OutputRange& range) {
    value += range.zero_point;
    value = value < range.minimum ? range.minimum : value;
    return static_cast<T>(value > range.maximum ? range.maximum : value);
}

template <class T>
void sum_rows(const Sum& sum, const Broadcast& shape, const T* first, const T* second, T* output) {
    const auto share = [&](int i, std::int32_t value) {
        return multiply_by_quantized_multiplier((value - sum.zero[i]) * (1 << sum.left_shift),
                                                sum.multiplier[i], sum.shift[i]);
    };
    for_each_row(shape, first, second, output,
                 [&](const T* a, int a_step, const T* b, int b_step, T* to, int count) {
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step) {
                         std::int32_t value = share(0, *a) + sum.sign * share(1, *b);
                         if (sum.squared)
                             value *= value;
                         to[i] = clamped<T>(multiply_by_quantized_multiplier(
                                                value, sum.output_multiplier, sum.output_shift),
                                            sum.range);
                     }
                 });
}

} // namespace

void multiply(const Product& product, const Broadcast& shape, const std::int8_t* first,
              const std::int8_t* second, std::int8_t* output) {
    // Products are below 2^16.
    const Requantizer requantize(product.range, product.shift < 0);
    const std::int32_t shift = -product.shift - 1;
    const std::int32_t first_zero = product.first_zero;
    const std::int32_t second_zero = product.second_zero;
    const std::int32_t multiplier = product.multiplier;
    for_each_row(shape, first, second, output,
                 [=](const std::int8_t* a, int a_step, const std::int8_t* b, int b_step,
                     std::int8_t* to, int count) {
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step)
                         to[i] =
                             requantize((*a - first_zero) * (*b - second_zero), multiplier, shift);
                 });
}

void multiply(const Product& product, const Broadcast& shape, const std::int16_t* first,
              const std::int16_t* second, std::int16_t* output) {
    for_each_row(shape, first, second, output,
                 [&](const std::int16_t* a, int a_step, const std::int16_t* b, int b_step,
                     std::int16_t* to, int count) {
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step)
                         to[i] = clamped<std::int16_t>(
                             multiply_by_quantized_multiplier((*a - product.first_zero) *
                                                                  (*b - product.second_zero),
                                                              product.multiplier, product.shift),
                             product.range);
                 });
}

void sum(const Sum& each, const Broadcast& shape, const std::int8_t* first,
         const std::int8_t* second, std::int8_t* output) {
    sum_rows(each, shape, first, second, output);
}

void sum(const Sum& each, const Broadcast& shape, const std::int16_t* first,
         const std::int16_t* second, std::int16_t* output) {
    sum_rows(each, shape, first, second, output);
}

} // namespace kernels
