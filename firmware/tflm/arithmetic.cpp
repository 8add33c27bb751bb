#include "tflm/tensors.hpp"

#include <cmath>

/// Of two tensors that are not quantized, in as many dimensions as there are: the interpreter of
/// this vintage knows four, and whole numbers not at all.
namespace kernels {
namespace {

struct Node {
    Broadcast shape;
    TfLiteFusedActivation activation;
};

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node, TfLiteFusedActivation activation) {
    const TfLiteTensor* first = tflite::GetInput(context, node, 0);
    const TfLiteTensor* second = tflite::GetInput(context, node, 1);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    state->activation = activation;
    TF_LITE_ENSURE(context, first->type == output->type && second->type == output->type);
    TF_LITE_ENSURE(context, broadcast_of(first, second, output, state->shape));
    return kTfLiteOk;
}

template <class Params> TfLiteStatus prepare_fused(TfLiteContext* context, TfLiteNode* node) {
    return prepare(context, node, static_cast<const Params*>(node->builtin_data)->activation);
}

TfLiteStatus prepare_plain(TfLiteContext* context, TfLiteNode* node) {
    return prepare(context, node, kTfLiteActNone);
}

template <auto operation, class T>
void compute(const Node& state, const T* first, const T* second, T* output) {
    T low{};
    T high{};
    tflite::CalculateActivationRange(state.activation, &low, &high);
    const auto one = [=](T a, T b) {
        const T value = operation(a, b);
        const T floored = value < low ? low : value;
        return floored > high ? high : floored;
    };
    for_each_row(state.shape, first, second, output,
                 [=](const T* a, int a_step, const T* b, int b_step, T* to, int count) {
                     if (a_step == 1 && b_step == 1) {
                         for (int i = 0; i < count; ++i)
                             to[i] = one(a[i], b[i]);
                         return;
                     }
                     for (int i = 0; i < count; ++i, a += a_step, b += b_step)
                         to[i] = one(*a, *b);
                 });
}

template <auto whole> TfLiteStatus invoke_whole(TfLiteContext* context, TfLiteNode* node) {
    compute<whole>(*static_cast<const Node*>(node->user_data),
                   tflite::GetInput(context, node, 0)->data.i32,
                   tflite::GetInput(context, node, 1)->data.i32,
                   tflite::GetOutput(context, node, 0)->data.i32);
    return kTfLiteOk;
}

template <auto real> TfLiteStatus invoke_real(TfLiteContext* context, TfLiteNode* node) {
    compute<real>(
        *static_cast<const Node*>(node->user_data), tflite::GetInput(context, node, 0)->data.f,
        tflite::GetInput(context, node, 1)->data.f, tflite::GetOutput(context, node, 0)->data.f);
    return kTfLiteOk;
}

/// Whole numbers go round where they are too large.
std::uint32_t bits(std::int32_t value) { return static_cast<std::uint32_t>(value); }
std::int32_t number(std::uint32_t value) { return static_cast<std::int32_t>(value); }

std::int32_t sum(std::int32_t a, std::int32_t b) { return number(bits(a) + bits(b)); }
std::int32_t difference(std::int32_t a, std::int32_t b) { return number(bits(a) - bits(b)); }
std::int32_t product(std::int32_t a, std::int32_t b) { return number(bits(a) * bits(b)); }
float real_sum(float a, float b) { return a + b; }
float real_difference(float a, float b) { return a - b; }
float real_product(float a, float b) { return a * b; }
float quotient(float a, float b) { return a / b; }
/// What is left has the divisor's sign.
float remainder(float a, float b) {
    const float rest = std::fmod(a, b);
    return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
}
float squared_difference(float a, float b) { return (a - b) * (a - b); }

} // namespace

TfLiteRegistration* Register_ADD_int32() {
    return registration<prepare_fused<TfLiteAddParams>, invoke_whole<sum>>();
}
TfLiteRegistration* Register_SUB_int32() {
    return registration<prepare_fused<TfLiteSubParams>, invoke_whole<difference>>();
}
TfLiteRegistration* Register_MUL_int32() {
    return registration<prepare_fused<TfLiteMulParams>, invoke_whole<product>>();
}
TfLiteRegistration* Register_ADD_float32() {
    return registration<prepare_fused<TfLiteAddParams>, invoke_real<real_sum>>();
}
TfLiteRegistration* Register_SUB_float32() {
    return registration<prepare_fused<TfLiteSubParams>, invoke_real<real_difference>>();
}
TfLiteRegistration* Register_MUL_float32() {
    return registration<prepare_fused<TfLiteMulParams>, invoke_real<real_product>>();
}
TfLiteRegistration* Register_FLOOR_MOD_float32() {
    return registration<prepare_plain, invoke_real<remainder>>();
}
TfLiteRegistration* Register_DIV_float32() {
    return registration<prepare_fused<TfLiteDivParams>, invoke_real<quotient>>();
}
TfLiteRegistration* Register_SQUARED_DIFFERENCE_float32() {
    return registration<prepare_plain, invoke_real<squared_difference>>();
}

} // namespace kernels
