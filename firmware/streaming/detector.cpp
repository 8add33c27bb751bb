#include "streaming/detector.hpp"

#include "harness/submitter.hpp"
#include "streaming/audio.hpp"
#include "streaming/features.hpp"
#include "streaming/journal.hpp"
#include "streaming/pins.hpp"
#include "streaming/record.hpp"
#include "streaming/trials.hpp"
#include "tflm/inference.hpp"

#include <cstring>

extern "C" {
/// The model's input, oldest frame first; read by whoever wants to know, through the symbol.
std::int8_t tinysim_frames[30 * features::bands];
}

namespace detector {
namespace {

constexpr std::size_t most_activations = 40000; // 1280 s

std::size_t g_count;
bool g_is_first;
std::int8_t g_outputs[3];

constexpr std::size_t newest = sizeof tinysim_frames - features::bands;

} // namespace

void start() {
    inference::start();
    features::start(inference::input().scale);
    reset();
}

/// Frames that were not heard yet are 0, as in the reference, whatever energy that stands for.
void reset() {
    features::reset();
    std::memset(tinysim_frames, 0, sizeof tinysim_frames);
    g_count = 0;
    g_is_first = true;
}

std::int8_t infer(const std::int16_t* samples, std::size_t step) {
    std::memmove(tinysim_frames, tinysim_frames + features::bands, newest);
    features::compute(samples, step, tinysim_frames + newest);
    run_model();
    return g_outputs[0];
}

void run_model() {
    const inference::Tensor input = inference::input();
    std::memcpy(input.data, tinysim_frames, input.size);
    th_infer();
    std::memcpy(g_outputs, inference::output().data, sizeof g_outputs);
}

void process(const std::int16_t* samples, std::size_t step) {
    infer(samples, step);
    if (g_outputs[0] > threshold || g_is_first) {
        pins::pulse_detected();
        journal::note("detection", static_cast<std::uint32_t>(g_count), g_outputs[0]);
    }
    g_is_first = false;
    if (g_count < most_activations)
        record::activations()[g_count++] = g_outputs[0];
}

const std::int8_t* features() { return tinysim_frames + newest; }
const std::int8_t* outputs() { return g_outputs; }
const std::int8_t* activations() { return record::activations(); }
std::size_t activation_count() { return g_count; }

} // namespace detector

/// The reference's name for what is done with each frame.
extern "C" [[gnu::noinline]] void th_process_chunk_and_cont_streaming() {
    detector::process(audio::taken(), audio::channels);
    pins::processing(false);
}

extern "C" void PendSV_Handler() {
    if (audio::is_captured())
        streaming::finish_capture();
    if (!audio::is_streaming())
        return;
    th_process_chunk_and_cont_streaming();
    audio::give_back();
}
