#include "kernels/requantize.hpp"

#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tflm/tensors.hpp"

#include <algorithm>

/// TFLM's own asks for scratch memory in the way that `working_memory.hpp` tells of.
namespace kernels {
namespace {

struct Node {
    std::int32_t feature_multiplier, output_multiplier;
    int feature_shift, output_shift;
};

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteSVDFParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* feature = tflite::GetInput(context, node, 1);
    const TfLiteTensor* time = tflite::GetInput(context, node, 2);
    const TfLiteTensor* state = tflite::GetInput(context, node, 4);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(feature) && is_int8(output));
    TF_LITE_ENSURE(context, time->type == kTfLiteInt16 && state->type == kTfLiteInt16);
    TF_LITE_ENSURE(context, state->is_variable);
    TF_LITE_ENSURE_EQ(context, params->activation, kTfLiteActRelu);
    TF_LITE_ENSURE_EQ(context, feature->dims->data[0] % params->rank, 0);
    auto* const made = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, made != nullptr);
    node->user_data = made;
    const auto scale = [](const TfLiteTensor* of) { return static_cast<double>(of->params.scale); };
    tflite::QuantizeMultiplier(scale(input) * scale(feature) / scale(state),
                               &made->feature_multiplier, &made->feature_shift);
    tflite::QuantizeMultiplier(scale(state) * scale(time) / scale(output), &made->output_multiplier,
                               &made->output_shift);
    return kTfLiteOk;
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& scales = *static_cast<const Node*>(node->user_data);
    const int rank = static_cast<const TfLiteSVDFParams*>(node->builtin_data)->rank;
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* feature = tflite::GetInput(context, node, 1);
    const TfLiteTensor* time = tflite::GetInput(context, node, 2);
    const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 3);
    TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    const int batches = input->dims->data[0];
    const int inputs = input->dims->data[1];
    const int filters = feature->dims->data[0];
    const int memory = time->dims->data[1];
    std::int16_t* state = tflite::GetVariableInput(context, node, 4)->data.i16;
    // Every filter's memory goes on by one; what comes in from the next filter is written over.
    std::copy(state + 1, state + batches * filters * memory, state);
    const std::int8_t* from = input->data.int8;
    std::int8_t* to = output->data.int8;
    for (int batch = 0; batch < batches; ++batch, from += inputs) {
        const std::int8_t* weights = feature->data.int8;
        for (int unit = 0; unit < filters / rank; ++unit) {
            std::int32_t sum = bias ? bias->data.i32[unit] : 0;
            for (int r = 0; r < rank; ++r, state += memory) {
                std::int32_t newest = 0;
                for (int i = 0; i < inputs; ++i)
                    newest += *weights++ * (from[i] - input->params.zero_point);
                newest = multiply_by_quantized_multiplier(newest, scales.feature_multiplier,
                                                          scales.feature_shift);
                state[memory - 1] =
                    static_cast<std::int16_t>(std::clamp<std::int32_t>(newest, -32768, 32767));
                const std::int16_t* by = time->data.i16 + (unit * rank + r) * memory;
                for (int i = 0; i < memory; ++i)
                    sum += state[i] * by[i];
            }
            sum = multiply_by_quantized_multiplier(sum, scales.output_multiplier,
                                                   scales.output_shift) +
                  output->params.zero_point;
            *to++ = static_cast<std::int8_t>(std::clamp<std::int32_t>(sum, -128, 127));
        }
    }
    return kTfLiteOk;
}

TfLiteStatus prepare_float(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteSVDFParams*>(node->builtin_data);
    constexpr int inputs = 5;
    constexpr int bias = 3;
    for (int i = 0; i < inputs; ++i) {
        const TfLiteTensor* input = tflite::GetOptionalInputTensor(context, node, i);
        TF_LITE_ENSURE(context, input ? input->type == kTfLiteFloat32 : i == bias);
    }
    TF_LITE_ENSURE(context, tflite::GetInput(context, node, 4)->is_variable);
    TF_LITE_ENSURE_EQ(context, tflite::GetInput(context, node, 1)->dims->data[0] % params->rank, 0);
    TF_LITE_ENSURE_EQ(context, tflite::GetOutput(context, node, 0)->type, kTfLiteFloat32);
    return kTfLiteOk;
}

float dot(const float* a, const float* b, int count) {
    float sum = 0;
    for (int i = 0; i < count; ++i)
        sum += a[i] * b[i];
    return sum;
}

TfLiteStatus invoke_float(TfLiteContext* context, TfLiteNode* node) {
    const auto* params = static_cast<const TfLiteSVDFParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* feature = tflite::GetInput(context, node, 1);
    const TfLiteTensor* time = tflite::GetInput(context, node, 2);
    const TfLiteTensor* bias = tflite::GetOptionalInputTensor(context, node, 3);
    const int batches = input->dims->data[0];
    const int inputs = input->dims->data[1];
    const int filters = feature->dims->data[0];
    const int memory = time->dims->data[1];
    float low = 0;
    float high = 0;
    tflite::CalculateActivationRange(params->activation, &low, &high);
    float* state = tflite::GetVariableInput(context, node, 4)->data.f;
    std::copy(state + 1, state + batches * filters * memory, state);
    const float* from = input->data.f;
    float* to = tflite::GetOutput(context, node, 0)->data.f;
    for (int batch = 0; batch < batches; ++batch, from += inputs)
        for (int unit = 0; unit < filters / params->rank; ++unit) {
            float sum = bias ? bias->data.f[unit] : 0;
            for (int r = 0; r < params->rank; ++r, state += memory) {
                const int filter = unit * params->rank + r;
                state[memory - 1] = dot(feature->data.f + filter * inputs, from, inputs);
                sum += dot(state, time->data.f + filter * memory, memory);
            }
            *to++ = std::min(std::max(sum, low), high);
        }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_SVDF() { return registration<prepare, invoke>(); }
TfLiteRegistration* Register_SVDF_float32() { return registration<prepare_float, invoke_float>(); }

} // namespace kernels
