#pragma once

#include "kernels/taps.hpp"
#include "tflm/tensors.hpp"

namespace kernels {

/// What `taps` needs of the scales, the bias and the memory; the rest of it is there.
TfLiteStatus finish_taps(TfLiteContext* context, const TfLiteTensor* input,
                         const TfLiteTensor* filter, const TfLiteTensor* bias, TfLiteTensor* output,
                         TfLiteFusedActivation activation, const ChannelWeights& weights,
                         Taps& taps);

} // namespace kernels
