#include "kernels/requantize.hpp"
#include "kernels/sigmoid.hpp"

#include "tensorflow/lite/kernels/internal/common.h"
#include "tensorflow/lite/kernels/internal/quantization_util.h"
#include "tensorflow/lite/kernels/internal/reference/integer_ops/logistic.h"
#include "tflm/tensors.hpp"
#include "tflm/working_memory.hpp"

#include <algorithm>
#include <cmath>

/// UNIDIRECTIONAL_SEQUENCE_LSTM of int8, its cell of int16, as TFLM of today computes it.
namespace kernels {
namespace {

constexpr int gates = 4;
enum Gate { input_gate, forget_gate, cell_gate, output_gate };

/// The input's tensors, by index.
constexpr int first_weights = 1;
constexpr int first_recurrent = 5;
constexpr int first_peephole = 9;
constexpr int first_bias = 12;
constexpr int projection = 16;
constexpr int hidden_state = 18;
constexpr int cell_state = 19;

struct Scale {
    std::int32_t multiplier;
    int shift;

    std::int32_t operator()(std::int32_t value) const {
        return multiply_by_quantized_multiplier(value, multiplier, shift);
    }
};

Scale scale_of(double value) {
    Scale scale{};
    tflite::QuantizeMultiplier(value, &scale.multiplier, &scale.shift);
    return scale;
}

/// Weights of a gate over the input or the hidden state: the bias has the zero point folded in.
struct Connection {
    const std::int8_t* weights;
    const std::int32_t* bias;
    Scale scale;
};

struct Node {
    int batches, times, inputs, units;
    bool time_major;
    Connection input[gates], recurrent[gates];
    Scale forget, update, output;
    std::int32_t output_zero;
    std::int16_t clip; ///< 0: none
    Fineness cell;
};

TfLiteStatus connect(TfLiteContext* context, const TfLiteTensor* from, const TfLiteTensor* weights,
                     const TfLiteTensor* bias, int units, Connection& result) {
    constexpr double gate_scale = 1.0 / (1 << 12);
    TF_LITE_ENSURE(context, is_int8(weights));
    auto* const folded = allocate<std::int32_t>(context, static_cast<std::size_t>(units));
    TF_LITE_ENSURE(context, folded != nullptr);
    const int inputs = weights->dims->data[1];
    for (int unit = 0; unit < units; ++unit) {
        std::int32_t sum = 0;
        for (int i = 0; i < inputs; ++i)
            sum += weights->data.int8[unit * inputs + i];
        folded[unit] = (bias ? bias->data.i32[unit] : 0) - from->params.zero_point * sum;
    }
    result = {weights->data.int8, folded,
              scale_of(static_cast<double>(from->params.scale) *
                       static_cast<double>(weights->params.scale) / gate_scale)};
    return kTfLiteOk;
}

TfLiteStatus prepare(TfLiteContext* context, TfLiteNode* node) {
    const auto* params =
        static_cast<const TfLiteUnidirectionalSequenceLSTMParams*>(node->builtin_data);
    const TfLiteTensor* input = tflite::GetInput(context, node, 0);
    const TfLiteTensor* hidden = tflite::GetInput(context, node, hidden_state);
    const TfLiteTensor* cell = tflite::GetInput(context, node, cell_state);
    const TfLiteTensor* output = tflite::GetOutput(context, node, 0);
    TF_LITE_ENSURE(context, is_int8(input) && is_int8(hidden) && is_int8(output));
    TF_LITE_ENSURE(context, cell->type == kTfLiteInt16 && input->dims->size == 3);
    TF_LITE_ENSURE(context, hidden->is_variable && cell->is_variable);
    TF_LITE_ENSURE_EQ(context, params->activation, kTfLiteActTanh);
    for (const int absent : {first_peephole, first_peephole + 1, first_peephole + 2, projection})
        TF_LITE_ENSURE(context, !tflite::GetOptionalInputTensor(context, node, absent));
    auto* const state = allocate<Node>(context, 1);
    TF_LITE_ENSURE(context, state != nullptr);
    node->user_data = state;
    *state = {};
    state->time_major = params->time_major;
    state->times = input->dims->data[params->time_major ? 0 : 1];
    state->batches = input->dims->data[params->time_major ? 1 : 0];
    state->inputs = input->dims->data[2];
    state->units = hidden->dims->data[1];
    for (int gate = 0; gate < gates; ++gate) {
        TF_LITE_ENSURE_STATUS(connect(
            context, input, tflite::GetInput(context, node, first_weights + gate),
            tflite::GetInput(context, node, first_bias + gate), state->units, state->input[gate]));
        TF_LITE_ENSURE_STATUS(connect(context, hidden,
                                      tflite::GetInput(context, node, first_recurrent + gate),
                                      nullptr, state->units, state->recurrent[gate]));
    }
    constexpr double q15 = 1.0 / (1 << 15);
    const auto cell_scale = static_cast<double>(cell->params.scale);
    state->forget = scale_of(q15);
    state->update = scale_of(q15 * q15 / cell_scale);
    state->output = scale_of(q15 * q15 / static_cast<double>(hidden->params.scale));
    state->output_zero = hidden->params.zero_point;
    if (params->cell_clip > 0)
        state->clip =
            static_cast<std::int16_t>(std::min(params->cell_clip / cell->params.scale, 32767.0f));
    int power = 0;
    TF_LITE_ENSURE(context, std::frexp(cell_scale, &power) == 0.5);
    state->cell = fineness_of_power(15 + (power - 1) - 3);
    TF_LITE_ENSURE(context, has_working_memory(static_cast<std::size_t>(gates * state->units) *
                                               sizeof(std::int16_t)));
    return kTfLiteOk;
}

std::int16_t saturated(std::int32_t value) {
    return static_cast<std::int16_t>(std::clamp<std::int32_t>(value, -32768, 32767));
}

/// A sum of products of one unit, of 12 fractional bits.
std::int16_t sum_up(const Connection& connection, int unit, const std::int8_t* from, int count) {
    const std::int8_t* weights = connection.weights + unit * count;
    std::int32_t sum = connection.bias[unit];
    int left = count;
    for (; left >= 4; left -= 4, weights += 4, from += 4) {
        const std::uint32_t a = load_word(weights);
        const std::uint32_t b = load_word(from);
        sum = smlad(sxtb16_odd(a), sxtb16_odd(b), smlad(sxtb16(a), sxtb16(b), sum));
    }
    for (; left > 0; --left)
        sum += *weights++ * *from++;
    return saturated(connection.scale(sum));
}

void step(const Node& state, const std::int8_t* input, std::int8_t* hidden, std::int16_t* cell,
          std::int16_t* room) {
    const int units = state.units;
    const std::uint16_t* table = tflite::sigmoid_table_uint16;
    const Fineness of_gates = fineness_of_power(0);
    for (int gate = 0; gate < gates; ++gate) {
        std::int16_t* values = room + gate * units;
        for (int unit = 0; unit < units; ++unit)
            values[unit] = saturated(sum_up(state.input[gate], unit, input, state.inputs) +
                                     sum_up(state.recurrent[gate], unit, hidden, units));
        if (gate != cell_gate)
            tflite::reference_integer_ops::Logistic(0, units, values, values);
    }
    for (int unit = 0; unit < units; ++unit) {
        const std::int16_t candidate = tangent(room[cell_gate * units + unit], of_gates, table);
        const std::int16_t kept =
            saturated(state.forget(room[forget_gate * units + unit] * cell[unit]));
        const std::int16_t added =
            saturated(state.update(room[input_gate * units + unit] * candidate));
        cell[unit] = saturated(kept + added);
        if (state.clip > 0)
            cell[unit] = std::clamp<std::int16_t>(
                cell[unit], static_cast<std::int16_t>(-state.clip), state.clip);
        const std::int16_t bent = tangent(cell[unit], state.cell, table);
        const std::int32_t value =
            state.output(bent * room[output_gate * units + unit]) + state.output_zero;
        hidden[unit] = static_cast<std::int8_t>(std::clamp<std::int32_t>(value, -128, 127));
    }
}

TfLiteStatus invoke(TfLiteContext* context, TfLiteNode* node) {
    const auto& state = *static_cast<const Node*>(node->user_data);
    const std::int8_t* input = tflite::GetInput(context, node, 0)->data.int8;
    std::int8_t* output = tflite::GetOutput(context, node, 0)->data.int8;
    std::int8_t* hidden = tflite::GetVariableInput(context, node, hidden_state)->data.int8;
    std::int16_t* cell = tflite::GetVariableInput(context, node, cell_state)->data.i16;
    auto* const room = static_cast<std::int16_t*>(working_memory());
    for (int batch = 0; batch < state.batches; ++batch)
        for (int time = 0; time < state.times; ++time) {
            const int at =
                state.time_major ? time * state.batches + batch : batch * state.times + time;
            std::int8_t* const own = hidden + batch * state.units;
            step(state, input + at * state.inputs, own, cell + batch * state.units, room);
            std::copy_n(own, state.units, output + at * state.units);
        }
    return kTfLiteOk;
}

} // namespace

TfLiteRegistration* Register_UNIDIRECTIONAL_SEQUENCE_LSTM() {
    return registration<prepare, invoke>();
}

} // namespace kernels
