#include "kernels/lookup.hpp"

#include "tensorflow/lite/kernels/internal/common.h"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tensorflow/lite/kernels/internal/reference/integer_ops/logistic.h"
#include "tensorflow/lite/kernels/internal/reference/integer_ops/tanh.h"
#include "tflm/places.hpp"
#include "tflm/tensors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

/// Functions of one int8: worked out for every value when the interpreter starts.
namespace kernels {
namespace {

struct Context {
    const TfLiteNode* node;
    TfLiteQuantizationParams input, output;
};

using Fill = bool (*)(const Context&, Table&);

std::int8_t saturated(std::int32_t value) {
    return static_cast<std::int8_t>(std::clamp<std::int32_t>(value, -128, 127));
}

/// Each value, less the input's zero point, through `function`.
template <class Function> void fill(const Context& context, Table& table, Function function) {
    for (int value = -128; value < 128; ++value)
        table[value + 128] = function(value - context.input.zero_point);
}

/// A scale as TFLite multiplies by it.
struct Multiplier {
    std::int32_t multiplier = 0;
    int shift = 0;

    explicit Multiplier(double scale) { tflite::QuantizeMultiplier(scale, &multiplier, &shift); }
    std::int32_t operator()(std::int32_t value) const {
        return tflite::MultiplyByQuantizedMultiplier(value, multiplier, shift);
    }
};

constexpr int input_integer_bits = 4; // of LOGISTIC and TANH

struct Ramp {
    std::int32_t multiplier, radius;
    int shift;
    std::int8_t inputs[256];
};

Ramp make_ramp(float scale) {
    Ramp ramp{};
    const double q =
        std::frexp(static_cast<double>(scale) * (1 << (31 - input_integer_bits)), &ramp.shift);
    ramp.multiplier = static_cast<std::int32_t>(std::round(q * static_cast<double>(1ll << 31)));
    ramp.radius = tflite::CalculateInputRadius(input_integer_bits, ramp.shift, 31);
    for (int i = 0; i < 256; ++i)
        ramp.inputs[i] = static_cast<std::int8_t>(i - 128);
    return ramp;
}

bool fill_logistic(const Context& context, Table& table) {
    const Ramp ramp = make_ramp(context.input.scale);
    tflite::reference_integer_ops::Logistic(context.input.zero_point, ramp.radius, ramp.multiplier,
                                            ramp.shift, 256, ramp.inputs, table);
    return context.output.zero_point == -128;
}

bool fill_tanh(const Context& context, Table& table) {
    const Ramp ramp = make_ramp(context.input.scale);
    tflite::reference_integer_ops::Tanh(context.input.zero_point, ramp.radius, ramp.multiplier,
                                        ramp.shift, 256, ramp.inputs, table);
    return context.output.zero_point == 0;
}

std::int32_t quantized(float value, const TfLiteQuantizationParams& params) {
    return params.zero_point + static_cast<std::int32_t>(std::round(value / params.scale));
}

/// What the input's scale is of the output's.
double ratio(const Context& context) {
    return static_cast<double>(context.input.scale) / static_cast<double>(context.output.scale);
}

/// A ramp between two values, or without an upper one, requantized.
bool fill_ramp(const Context& context, Table& table, float low, float high) {
    const Multiplier multiply(ratio(context));
    const std::int32_t bottom = std::max<std::int32_t>(-128, quantized(low, context.output));
    const std::int32_t top =
        std::isinf(high) ? 127 : std::min<std::int32_t>(127, quantized(high, context.output));
    fill(context, table, [&](std::int32_t value) {
        value = multiply(value) + context.output.zero_point;
        return saturated(std::min<std::int32_t>(std::max<std::int32_t>(value, bottom), top));
    });
    return true;
}

bool fill_relu(const Context& context, Table& table) {
    return fill_ramp(context, table, 0, std::numeric_limits<float>::infinity());
}

/// TFLM's does not requantize.
bool fill_relu6(const Context& context, Table& table) {
    const std::int32_t zero = context.input.zero_point;
    const std::int32_t six = std::min<std::int32_t>(127, quantized(6, context.input));
    fill(context, table, [&](std::int32_t value) {
        return saturated(std::min<std::int32_t>(std::max<std::int32_t>(value + zero, zero), six));
    });
    return true;
}

bool fill_leaky_relu(const Context& context, Table& table) {
    const float alpha =
        static_cast<const TfLiteLeakyReluParams*>(context.node->builtin_data)->alpha;
    const Multiplier positive(ratio(context));
    const Multiplier negative(static_cast<double>(context.input.scale) *
                              static_cast<double>(std::abs(alpha)) /
                              static_cast<double>(context.output.scale));
    fill(context, table, [&](std::int32_t value) {
        const std::int32_t below = alpha < 0 ? -negative(value) : negative(value);
        return saturated((value >= 0 ? positive(value) : below) + context.output.zero_point);
    });
    return true;
}

bool fill_elu(const Context& context, Table& table) {
    const float inverse = 1 / context.output.scale;
    fill(context, table, [&](std::int32_t value) {
        const float x = context.input.scale * static_cast<float>(value);
        const float y = x < 0 ? std::expm1(x) : x;
        return saturated(static_cast<std::int32_t>(std::round(y * inverse)) +
                         context.output.zero_point);
    });
    return true;
}

bool fill_abs(const Context& context, Table& table) {
    const bool same = context.input.scale == context.output.scale;
    const Multiplier multiply(ratio(context));
    fill(context, table, [&](std::int32_t value) {
        value = std::abs(value);
        return saturated((same ? value : multiply(value)) + context.output.zero_point);
    });
    return true;
}

/// Values below the zero point have no root; TFLM stops there, this gives the greatest.
bool fill_rsqrt(const Context& context, Table& table) {
    constexpr int shift = 20;
    Multiplier multiply(1.0 /
                        static_cast<double>(std::sqrt(context.input.scale) * context.output.scale));
    multiply.shift -= shift;
    fill(context, table, [&](std::int32_t value) {
        if (value <= 0)
            return std::int8_t{127};
        std::int32_t root = 0;
        int root_shift = 0;
        tflite::GetInvSqrtQuantizedMultiplierExp(value, -1, &root, &root_shift);
        const std::int32_t wide =
            tflite::MultiplyByQuantizedMultiplier(std::int32_t{1}, root, root_shift + shift);
        return saturated(multiply(wide) + context.output.zero_point);
    });
    return true;
}

std::int16_t saturated_wide(std::int32_t value) {
    return static_cast<std::int16_t>(std::clamp<std::int32_t>(value, -32768, 32767));
}

std::int16_t halved(std::int32_t multiplier) {
    constexpr std::int32_t rounding = 1 << 15;
    return multiplier >= INT32_MAX - rounding
               ? std::int16_t{32767}
               : static_cast<std::int16_t>((multiplier + rounding) >> 16);
}

bool fill_hard_swish(const Context& context, Table& table) {
    const float fine = context.input.scale * (1.0f / 128.0f);
    const Multiplier output(static_cast<double>(fine / context.output.scale));
    const Multiplier reluish(static_cast<double>(fine / (3.0f / 32768.0f)));
    const std::int16_t by_output = halved(output.multiplier);
    const std::int16_t by_reluish = halved(reluish.multiplier);
    fill(context, table, [&](std::int32_t value) {
        using gemmlowp::RoundingDivideByPOT;
        using gemmlowp::SaturatingRoundingDoublingHighMul;
        const auto x = static_cast<std::int16_t>(value * 128);
        const std::int16_t scaled = SaturatingRoundingDoublingHighMul(x, by_output);
        std::int16_t gate = x;
        if (reluish.shift > 0)
            gate = saturated_wide(gate * (1 << (reluish.shift - 1)));
        gate = SaturatingRoundingDoublingHighMul(gate, by_reluish);
        if (reluish.shift > 0)
            gate = saturated_wide(gate * 2);
        if (reluish.shift < 0)
            gate = RoundingDivideByPOT(gate, -reluish.shift);
        gate = static_cast<std::int16_t>((gate + (1 << 15)) >> 1);
        const bool overflows = gate == scaled && gate == -32768;
        const auto product =
            static_cast<std::int16_t>(overflows ? 32767 : gate * scaled / (1 << 15));
        return saturated(RoundingDivideByPOT(product, -output.shift) + context.output.zero_point);
    });
    return output.shift <= 0;
}

template <Fill fill> TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(output));
    auto* const table = static_cast<Table*>(find_place(context, sizeof(Table)).memory);
    TF_LITE_ENSURE(context, table != nullptr);
    TF_LITE_ENSURE(context, fill({node, input->params, output->params}, *table));
    node->user_data = table;
    return kTfLiteOk;
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    look_up(*static_cast<const Table*>(node->user_data), input->data.int8,
            tflite::GetOutput(context, node, 0)->data.int8,
            static_cast<std::size_t>(tflite::NumElements(input)));
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_ABS() { return registration<prepare<fill_abs>, invoke>(); }
TfLiteRegistration* Register_ELU() { return registration<prepare<fill_elu>, invoke>(); }
TfLiteRegistration* Register_HARD_SWISH() {
    return registration<prepare<fill_hard_swish>, invoke>();
}
TfLiteRegistration* Register_LEAKY_RELU() {
    return registration<prepare<fill_leaky_relu>, invoke>();
}
TfLiteRegistration* Register_LOGISTIC() { return registration<prepare<fill_logistic>, invoke>(); }
TfLiteRegistration* Register_RELU() { return registration<prepare<fill_relu>, invoke>(); }
TfLiteRegistration* Register_RELU6() { return registration<prepare<fill_relu6>, invoke>(); }
TfLiteRegistration* Register_RSQRT() { return registration<prepare<fill_rsqrt>, invoke>(); }
TfLiteRegistration* Register_TANH() { return registration<prepare<fill_tanh>, invoke>(); }

} // namespace kernels
