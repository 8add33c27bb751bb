#pragma once

#include "kernels/requantize.hpp"

namespace kernels {

/// A tensor to be reduced: dimensions outermost first, each kept or not. The output is dense.
struct Reduction {
    static constexpr int max_rank = 6;
    int rank;
    int count[max_rank];
    bool kept[max_rank];

    int outputs() const;
    int reduced() const; ///< elements into one output
};

/// The same with as few dimensions as it takes: those that are reduced alternate with the others,
/// the last one is kept.
Reduction simplified(const Reduction& reduction);

/// The sums of the elements into each output; `reduction` is simplified.
void sum_up(const Reduction& reduction, const std::int8_t* input, std::int32_t* sums);
void sum_up(const Reduction& reduction, const std::int16_t* input, std::int32_t* sums);
void sum_up(const Reduction& reduction, const float* input, float* sums);

/// The greatest of the elements into each output, or the least.
void find_greatest(const Reduction& reduction, const std::int8_t* input, std::int8_t* output);
void find_greatest(const Reduction& reduction, const float* input, float* output);
void find_least(const Reduction& reduction, const std::int8_t* input, std::int8_t* output);
void find_least(const Reduction& reduction, const float* input, float* output);

} // namespace kernels
