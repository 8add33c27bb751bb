#include "kernels/elementwise.hpp"

namespace kernels {

void fill_addition_table(std::int32_t zero_point, int left_shift, std::int32_t multiplier,
                         int shift, std::int32_t* table) {
    for (std::int32_t value = -128; value < 128; ++value)
        *table++ = multiply_by_quantized_multiplier((value - zero_point) * (1 << left_shift),
                                                    multiplier, shift);
}

void add(const Addition& addition, const std::int8_t* first, const std::int8_t* second,
         std::int8_t* output, std::size_t count) {
    // Sums of an addition are below 2^30, as the quick way wants them.
    const bool quick = addition.shift < 0;
    const Requantizer requantize(addition.range, quick);
    const std::int32_t shift = -addition.shift - 1;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t sum = addition.first[first[i] + 128] + addition.second[second[i] + 128];
        output[i] = requantize(sum, addition.multiplier, shift);
    }
}

void add(const Addition& addition, const Broadcast& shape, const std::int8_t* first,
         const std::int8_t* second, std::int8_t* output) {
    const Requantizer requantize(addition.range, addition.shift < 0);
    const std::int32_t shift = -addition.shift - 1;
    for_each_row(shape, first, second, output,
                 [=](const std::int8_t* a, int a_step, const std::int8_t* b, int b_step,
                     std::int8_t* to, int count) {
                     if (a_step == 1 && b_step == 1) {
                         add(addition, a, b, to, static_cast<std::size_t>(count));
                         return;
                     }
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step)
                         to[i] = requantize(addition.first[*a + 128] + addition.second[*b + 128],
                                            addition.multiplier, shift);
                 });
}

void average_pool(const ConvolutionShape& shape, const OutputRange& range, const std::int8_t* input,
                  std::int8_t* output) {
    const int channels = shape.input_channels;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x) {
            int top = y * shape.stride_height - shape.padding_top;
            int left = x * shape.stride_width - shape.padding_left;
            int bottom = top + shape.kernel_height;
            int right = left + shape.kernel_width;
            top = top < 0 ? 0 : top;
            left = left < 0 ? 0 : left;
            bottom = bottom > shape.input_height ? shape.input_height : bottom;
            right = right > shape.input_width ? shape.input_width : right;
            const int count = (bottom - top) * (right - left);
            for (int c = 0; c < channels; ++c) {
                std::int32_t sum = 0;
                for (int i = top; i < bottom; ++i) {
                    const std::int8_t* from = input + (i * shape.input_width + left) * channels + c;
                    for (int j = left; j < right; ++j, from += channels)
                        sum += *from;
                }
                sum = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
                sum = sum < range.minimum ? range.minimum : sum;
                *output++ = static_cast<std::int8_t>(sum > range.maximum ? range.maximum : sum);
            }
        }
}

} // namespace kernels
