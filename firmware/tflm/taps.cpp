#include "tflm/taps.hpp"

#include "tflm/places.hpp"
#include "tflm/working_memory.hpp"

namespace kernels {

TfLiteStatus finish_taps(TfLiteContext* context, const TfLiteTensor* input,
                         const TfLiteTensor* filter, const TfLiteTensor* bias, TfLiteTensor* output,
                         TfLiteFusedActivation activation, const ChannelWeights& weights,
                         Taps& taps) {
    Channel* made = nullptr;
    TF_LITE_ENSURE_STATUS(make_channels(context, input, filter, bias, output, activation, weights,
                                        taps.shape.output_channels, &made, &taps.range,
                                        &taps.quick));
    taps.channels = made;
    auto* const sums = allocate<std::int32_t>(context, tap_sum_count(taps));
    TF_LITE_ENSURE(context, sums != nullptr);
    sum_taps(taps, input->params.zero_point, sums);
    taps.tap_sums = sums;
    auto* const packed =
        static_cast<std::uint32_t*>(find_place(context, 4 * packed_words(taps)).memory);
    TF_LITE_ENSURE(context, packed != nullptr);
    pack_weights(taps, packed);
    taps.packed = packed;
    TF_LITE_ENSURE(context, has_working_memory(taps_scratch(taps)));
    return kTfLiteOk;
}

} // namespace kernels
