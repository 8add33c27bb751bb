#include "kernels/columns.hpp"
#include "kernels/lanes.hpp"
#include "kernels/planes.hpp"
#include "tflm/places.hpp"
#include "tflm/taps.hpp"
#include "tflm/tensors.hpp"
#include "tflm/working_memory.hpp"

namespace kernels {

namespace {

/// What a channel is made from, which is needed here alone.
struct Scale {
    std::int32_t multiplier;
    int shift;
};

/// Memory for this: the working memory, or where that is too small memory that lasts.
template <class T> T* allocate_meanwhile(TfLiteContext* context, std::size_t count) {
    return has_working_memory(count * sizeof(T)) ? static_cast<T*>(working_memory())
                                                 : allocate<T>(context, count);
}

TfLiteStatus fill_channels(TfLiteContext* context, const TfLiteTensor* input,
                           const TfLiteTensor* filter, const TfLiteTensor* bias,
                           TfLiteTensor* output, TfLiteFusedActivation activation,
                           const ChannelWeights& weights, int channels, std::int32_t* multipliers,
                           int* shifts, Channel* made, OutputRange* range, bool* quick) {
    std::int32_t multiplier = 0;
    int shift = 0;
    TF_LITE_ENSURE_STATUS(tflite::PopulateConvolutionQuantizationParams(
        context, input, filter, bias, output, activation, &multiplier, &shift, &range->minimum,
        &range->maximum, multipliers, shifts, channels));
    range->zero_point = output->params.zero_point;
    *quick = true;
    for (int c = 0; c < channels; ++c) {
        std::int32_t sum = 0;
        std::int32_t magnitude = 0;
        for (int i = 0; i < weights.count; ++i) {
            const int weight = weights.weights[c * weights.first + i * weights.step];
            sum += weight;
            magnitude += weight < 0 ? -weight : weight;
        }
        made[c] = make_channel(bias ? bias->data.i32[c] : 0,
                               weights.folds_zero_point ? input->params.zero_point : 0, sum,
                               magnitude, multipliers[c], shifts[c]);
        *quick = *quick && is_quick(made[c], magnitude);
    }
    return kTfLiteOk;
}

} // namespace

TfLiteStatus make_channels(TfLiteContext* context, const TfLiteTensor* input,
                           const TfLiteTensor* filter, const TfLiteTensor* bias,
                           TfLiteTensor* output, TfLiteFusedActivation activation,
                           const ChannelWeights& weights, int channels, Channel** result,
                           OutputRange* range, bool* quick) {
    const auto count = static_cast<std::size_t>(channels);
    *result = allocate<Channel>(context, count);
    auto* const scales = allocate_meanwhile<Scale>(context, count);
    TF_LITE_ENSURE(context, *result && scales);
    auto* const multipliers = reinterpret_cast<std::int32_t*>(scales);
    auto* const shifts = reinterpret_cast<int*>(multipliers + count);
    return fill_channels(context, input, filter, bias, output, activation, weights, channels,
                         multipliers, shifts, *result, range, quick);
}

// Only in an image whose model needs them: its list of operations says so.
__attribute__((weak)) TfLiteStatus finish_taps(TfLiteContext*, const TfLiteTensor*,
                                               const TfLiteTensor*, const TfLiteTensor*,
                                               TfLiteTensor*, TfLiteFusedActivation,
                                               const ChannelWeights&, Taps&);
__attribute__((weak)) void convolve_taps(const Taps&, const std::int8_t*, std::int8_t*, void*);

namespace {

/// A layer of whichever kind computes it best, over each image of the batch.
struct Node {
    enum class Kind { convolution, depthwise, planes, taps } kind;
    int batches;
    void* working;
    union {
        Convolution convolution;
        Depthwise depthwise; ///< planes as well
        Taps taps;
    };
};

/// What CONV_2D and DEPTHWISE_CONV_2D say alike.
struct Layer {
    const TfLiteTensor* input;
    const TfLiteTensor* filter;
    const TfLiteTensor* bias;
    TfLiteTensor* output;
    ConvolutionShape shape;
    int dilation_height, dilation_width;
    TfLiteFusedActivation activation;

    bool is_dilated() const { return dilation_height != 1 || dilation_width != 1; }
};

template <class Params> Layer layer_of(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const Params*>(node->builtin_data);
    Layer layer{};
    layer.input = tflite::GetInput(context, node, 0);
    layer.filter = tflite::GetInput(context, node, 1);
    layer.bias = tflite::GetOptionalInputTensor(context, node, 2);
    layer.output = tflite::GetOutput(context, node, 0);
    layer.dilation_height = params->dilation_height_factor;
    layer.dilation_width = params->dilation_width_factor;
    layer.activation = params->activation;
    layer.shape = shape_of(layer.input, layer.output, layer.filter->dims->data[1],
                           layer.filter->dims->data[2], params->stride_height, params->stride_width,
                           params->padding, layer.dilation_height, layer.dilation_width);
    return layer;
}

TfLiteStatus check(TfLiteContext* context, const Layer& layer) {
    TF_LITE_ENSURE(context, is_int8(layer.input) && is_int8(layer.filter) && is_int8(layer.output));
    TF_LITE_ENSURE_EQ(context, layer.input->dims->data[0], layer.output->dims->data[0]);
    return kTfLiteOk;
}

/// A layer's channels while it is prepared, filled up to four; in working memory, unless that is
/// too small.
struct Making {
    Channel* channels;
    std::size_t count;
    bool lasts;
};

TfLiteStatus make_meanwhile(TfLiteContext* context, const Layer& from,
                            const ChannelWeights& weights, int channels, Making& making,
                            OutputRange& range, bool& quick) {
    struct Part {
        Channel channel;
        Scale scale;
    };
    making.count = static_cast<std::size_t>(channels);
    making.lasts = !has_working_memory(making.count * sizeof(Part));
    void* const memory = making.lasts ? allocate<Part>(context, making.count) : working_memory();
    TF_LITE_ENSURE(context, memory != nullptr);
    making.channels = static_cast<Channel*>(memory);
    auto* const multipliers = reinterpret_cast<std::int32_t*>(making.channels + making.count);
    auto* const shifts = reinterpret_cast<int*>(multipliers + making.count);
    return fill_channels(context, from.input, from.filter, from.bias, from.output, from.activation,
                         weights, channels, multipliers, shifts, making.channels, &range, &quick);
}

/// The channels in memory that lasts.
TfLiteStatus keep(TfLiteContext* context, const Making& making, const Channel*& channels) {
    channels = making.channels;
    if (making.lasts)
        return kTfLiteOk;
    auto* const kept = allocate<Channel>(context, making.count);
    TF_LITE_ENSURE(context, kept != nullptr);
    std::memcpy(kept, making.channels, making.count * sizeof(Channel));
    channels = kept;
    return kTfLiteOk;
}

/// How often the weights are read: once for two outputs.
std::uint32_t rounds(const ConvolutionShape& shape) {
    return static_cast<std::uint32_t>((shape.output_height * shape.output_width + 1) / 2);
}

/// Weights, and what requantizes, in lanes. Nothing of it in flash: RAM lets nothing wait, or less.
TfLiteStatus pack_in_lanes(TfLiteContext* context, const Making& making, Convolution& layer,
                           void*& working) {
    const ConvolutionShape& shape = layer.shape;
    const bool in_columns = columns_fit(shape);
    auto* const packed =
        place<std::uint32_t>(context, lane_words(shape, in_columns), working, rounds(shape));
    if (packed) {
        pack_lanes(shape, in_columns, layer.unpacked, making.channels, layer.range.zero_point,
                   packed);
        layer.weights = packed;
        layer.in_columns = in_columns;
        layer.in_lanes = true;
    } else {
        TF_LITE_ENSURE_STATUS(keep(context, making, layer.channels));
    }
    TF_LITE_ENSURE(context, has_working_memory(in_columns ? columns_scratch(shape)
                                                          : convolution_scratch(shape)));
    return kTfLiteOk;
}

TfLiteStatus pack_by_channel(TfLiteContext* context, const Making& making, Convolution& layer,
                             void*& working) {
    TF_LITE_ENSURE_STATUS(keep(context, making, layer.channels));
    const ConvolutionShape& shape = layer.shape;
    auto* const packed = place<std::uint32_t>(context, packed_words(shape), working, rounds(shape));
    TF_LITE_ENSURE(context, has_working_memory(convolution_scratch(shape)));
    if (packed)
        pack_weights(shape, layer.unpacked, packed);
    layer.weights = packed;
    return kTfLiteOk;
}

TfLiteStatus prepare_plain_convolution(TfLiteContext* context, const Layer& from, Node& node) {
    Convolution& layer = node.convolution;
    layer = {};
    const ConvolutionShape& shape = from.shape;
    layer.shape = shape;
    layer.input_zero_point = static_cast<std::int8_t>(from.input->params.zero_point);
    const int patch = shape.patch();
    layer.unpacked = from.filter->data.int8;
    Making making{};
    TF_LITE_ENSURE_STATUS(make_meanwhile(context, from, {layer.unpacked, patch, 1, patch, true},
                                         shape.output_channels, making, layer.range, layer.quick));
    const bool fits =
        layer.quick && lanes_fit(making.channels, shape.output_channels, layer.unpacked, patch);
    TF_LITE_ENSURE_STATUS(
        (fits ? pack_in_lanes : pack_by_channel)(context, making, layer, node.working));
    if (!layer.weights)
        TF_LITE_ENSURE(context, has_working_memory(convolution_scratch(shape)));
    return kTfLiteOk;
}

TfLiteStatus prepare_plain_depthwise(TfLiteContext* context, const Layer& from, Node& node) {
    Depthwise& layer = node.depthwise;
    const ConvolutionShape& shape = from.shape;
    const int channels = shape.input_channels;
    layer = {};
    layer.shape = shape;
    layer.input_zero_point = static_cast<std::int8_t>(from.input->params.zero_point);
    const std::int8_t* const weights = from.filter->data.int8;
    const int taps = shape.kernel_height * shape.kernel_width;
    Making making{};
    TF_LITE_ENSURE_STATUS(make_meanwhile(context, from, {weights, taps, channels, 1, true},
                                         channels, making, layer.range, layer.quick));
    const bool planes = layer.quick && planes_fit(shape, making.channels);
    node.kind = planes ? Node::Kind::planes : Node::Kind::depthwise;
    layer.finishes = layer.quick && depthwise_finishes(shape, making.channels);
    auto* const packed = place<std::uint32_t>(
        context, planes ? plane_words(shape) : depthwise_words(shape), node.working);
    TF_LITE_ENSURE(context, packed != nullptr);
    if (planes)
        pack_planes(shape, weights, making.channels, layer.range.zero_point, packed);
    else
        pack_depthwise(layer, weights, making.channels, packed);
    layer.stream = packed;
    TF_LITE_ENSURE(context,
                   has_working_memory(planes ? planes_scratch(shape) : depthwise_scratch(shape)));
    return kTfLiteOk;
}

TfLiteStatus prepare_taps(TfLiteContext* context, const Layer& from, Taps& taps) {
    TF_LITE_ENSURE(context, finish_taps != nullptr);
    const ConvolutionShape& shape = from.shape;
    taps.shape = shape;
    taps.dilation_height = from.dilation_height;
    taps.dilation_width = from.dilation_width;
    taps.weights = from.filter->data.int8;
    TF_LITE_ENSURE_EQ(context, taps.groups * taps.inputs, shape.input_channels);
    TF_LITE_ENSURE_EQ(context, shape.output_channels % taps.groups, 0);
    const int count = shape.kernel_height * shape.kernel_width * taps.inputs;
    const int step = taps.inputs == 1 ? taps.tap_step : 1;
    return finish_taps(context, from.input, from.filter, from.bias, from.output, from.activation,
                       {taps.weights, count, step, taps.channel_step, false}, taps);
}

Node* make_node(TfLiteContext* context, TfLiteNode* node, const Layer& layer) {
    auto* const state = allocate<Node>(context, 1);
    if (state) {
        state->batches = layer.input->dims->data[0];
        state->working = nullptr;
    }
    node->user_data = state;
    return state;
}

TfLiteStatus prepare_convolution(TfLiteContext* context, TfLiteNode* node) {
    const Layer layer = layer_of<TfLiteConvParams>(context, node);
    TF_LITE_ENSURE_STATUS(check(context, layer));
    Node* state = make_node(context, node, layer);
    TF_LITE_ENSURE(context, state != nullptr);
    const int inputs = layer.filter->dims->data[3];
    if (!layer.is_dilated() && inputs == layer.shape.input_channels) {
        state->kind = Node::Kind::convolution;
        return prepare_plain_convolution(context, layer, *state);
    }
    state->kind = Node::Kind::taps;
    TF_LITE_ENSURE(context, inputs > 0 && layer.shape.input_channels % inputs == 0);
    state->taps = {};
    state->taps.groups = layer.shape.input_channels / inputs;
    state->taps.inputs = inputs;
    state->taps.channel_step = layer.shape.kernel_height * layer.shape.kernel_width * inputs;
    state->taps.tap_step = inputs;
    return prepare_taps(context, layer, state->taps);
}

TfLiteStatus prepare_depthwise(TfLiteContext* context, TfLiteNode* node) {
    const Layer layer = layer_of<TfLiteDepthwiseConvParams>(context, node);
    TF_LITE_ENSURE_STATUS(check(context, layer));
    Node* state = make_node(context, node, layer);
    TF_LITE_ENSURE(context, state != nullptr);
    const int channels = layer.shape.output_channels;
    if (!layer.is_dilated() && channels == layer.shape.input_channels)
        return prepare_plain_depthwise(context, layer, *state);
    state->kind = Node::Kind::taps;
    state->taps = {};
    state->taps.groups = layer.shape.input_channels;
    state->taps.inputs = 1;
    state->taps.channel_step = 1;
    state->taps.tap_step = channels;
    return prepare_taps(context, layer, state->taps);
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    void* const working = working_memory(state.working);
    const auto images = static_cast<std::size_t>(state.batches);
    const std::int8_t* from = input->data.int8;
    std::int8_t* to = output->data.int8;
    for (std::size_t i = 0; i < images; ++i) {
        if (state.kind == Node::Kind::convolution)
            (state.convolution.in_columns ? convolve_columns : convolve)(state.convolution, from,
                                                                         to, working);
        else if (state.kind == Node::Kind::depthwise)
            convolve_depthwise(state.depthwise, from, to, working);
        else if (state.kind == Node::Kind::planes)
            convolve_planes(state.depthwise, from, to, working);
        else
            convolve_taps(state.taps, from, to, working);
        from += input->bytes / images;
        to += output->bytes / images;
    }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_CONV_2D() { return registration<prepare_convolution, invoke>(); }

TfLiteRegistration* Register_DEPTHWISE_CONV_2D() {
    return registration<prepare_depthwise, invoke>();
}

} // namespace kernels
