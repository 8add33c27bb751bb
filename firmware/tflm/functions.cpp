#include "tflm/tensors.hpp"

#include <algorithm>
#include <cmath>

/// Functions of one float32 that the interpreter of this vintage has not.
namespace kernels {
namespace {

using Function = float (*)(const TfLiteNode*, float);

template <Function function> TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const float* from = input->data.f;
    float* to = tflite::GetOutput(context, node, 0)->data.f;
    for (std::int64_t left = tflite::NumElements(input); left > 0; --left)
        *to++ = function(node, *from++);
    return kTfLiteOk;
}

float exponential(const TfLiteNode*, float x) { return std::exp(x); }
float elu(const TfLiteNode*, float x) { return x < 0 ? std::expm1(x) : x; }
float leaky_relu(const TfLiteNode* node, float x) {
    return x > 0 ? x : x * static_cast<const TfLiteLeakyReluParams*>(node->builtin_data)->alpha;
}
float hard_swish(const TfLiteNode*, float x) {
    return x * std::min(6.0f, std::max(0.0f, x + 3)) / 6;
}

} // namespace

TfLiteRegistration* Register_EXP_float32() { return registration<nullptr, invoke<exponential>>(); }
TfLiteRegistration* Register_ELU_float32() { return registration<nullptr, invoke<elu>>(); }
TfLiteRegistration* Register_LEAKY_RELU_float32() {
    return registration<nullptr, invoke<leaky_relu>>();
}
TfLiteRegistration* Register_HARD_SWISH_float32() {
    return registration<nullptr, invoke<hard_swish>>();
}

} // namespace kernels
