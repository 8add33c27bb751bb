#include "streaming/trials.hpp"

#include "board/board.hpp"
#include "harness/format.hpp"
#include "harness/words.hpp"
#include "streaming/audio.hpp"
#include "streaming/buffer.hpp"
#include "streaming/detector.hpp"
#include "streaming/features.hpp"
#include "streaming/journal.hpp"
#include "streaming/pins.hpp"
#include "streaming/record.hpp"

#include <cstdlib>

namespace streaming {
namespace {

constexpr std::size_t most = record::bytes / sizeof(std::int16_t);
constexpr std::size_t stride = features::stride_samples;

/// Where the left channel has `count` samples from the offset on that the command names; null, and
/// a line that says so, where it has not.
const std::int16_t* sound(char* rest, std::size_t count, std::size_t& left) {
    if (audio::is_running()) {
        th_printf("Error: it listens to I2S: stop it first\r\n");
        return nullptr;
    }
    const char* word = harness::next_word(rest);
    const int offset = word ? std::atoi(word) : 0;
    const auto there = static_cast<int>(audio::captured() / audio::channels);
    if (offset < 0 || there - offset < static_cast<int>(count)) {
        th_printf("Error: i2scap has captured %d samples, %u from %d on are needed\r\n", there,
                  static_cast<unsigned>(count), offset);
        return nullptr;
    }
    left = static_cast<std::size_t>(there - offset);
    return record::sound() + static_cast<std::size_t>(offset) * audio::channels;
}

void print_time(const char* what, std::uint32_t start) {
    th_printf("%s took %lu us\r\n", what,
              static_cast<unsigned long>(board::microseconds() - start));
}

} // namespace

void capture(char* rest) {
    if (audio::is_running()) {
        th_printf("I2S Rx currently in progress. Ignoring request\r\n");
        return;
    }
    const char* word = harness::next_word(rest);
    std::size_t samples = word ? static_cast<std::size_t>(std::atoi(word)) : most;
    if (!word)
        th_printf("No length specified.  Capturing %u samples\r\n", static_cast<unsigned>(most));
    if (samples < audio::buffer_samples || samples > most) {
        samples = samples > most ? most : audio::buffer_samples;
        th_printf("From %u to %u samples can be captured. Capturing %u\r\n",
                  static_cast<unsigned>(audio::buffer_samples), static_cast<unsigned>(most),
                  static_cast<unsigned>(samples));
    }
    th_printf("Listening for I2S data ... \r\n");
    audio::capture(samples);
    th_printf("DMA receive initiated.\r\n");
}

void finish_capture() {
    audio::stop();
    th_printf("DMA Receive completed %u int16s read out of %u requested\r\n",
              static_cast<unsigned>(audio::captured()), static_cast<unsigned>(audio::wanted()));
    print_samples(record::sound(), audio::captured(), 1);
}

void extract(char* rest) {
    std::size_t left = 0;
    const std::int16_t* from = sound(rest, features::frame_samples, left);
    if (!from)
        return;
    std::int8_t bytes[features::bands];
    const std::uint32_t start = board::microseconds();
    features::reset();
    for (std::size_t i = 0; i < features::frame_samples; i += stride)
        features::compute(from + i * audio::channels, audio::channels, bytes);
    print_time("features::compute", start);
    th_printf("\r\n{\r\n\"Input\": ");
    print_samples(from, features::frame_samples, audio::channels);
    th_printf(",\r\n \"Output\": ");
    print_numbers(bytes, features::bands);
    th_printf("}\r\n");
}

void infer_sound(char* rest) {
    std::size_t left = 0;
    const std::int16_t* from = sound(rest, features::frame_samples, left);
    if (!from)
        return;
    detector::reset();
    std::int8_t unused[features::bands]; // of half a frame
    features::compute(from, audio::channels, unused);
    for (std::uint32_t number = 0; (number + 2) * stride <= left; ++number) {
        const int value =
            detector::infer(from + (number + 1) * stride * audio::channels, audio::channels);
        th_printf("(");
        print_numbers(detector::features(), features::bands);
        th_printf(", ");
        if (value > detector::threshold) {
            journal::note("detection", number, value);
            th_printf("[%lu]: Detection (%d)\r\n", static_cast<unsigned long>(number), value);
        }
        th_printf("%d), \r\n", value);
    }
}

void run_model(char* rest) {
    if (audio::is_running()) {
        th_printf("Error: it listens to I2S: stop it first\r\n");
        return;
    }
    if (const char* name = harness::next_word(rest))
        th_printf("Unknown input tensor name %s, taking the frames that were heard last\r\n", name);
    pins::processing(true);
    const std::uint32_t start = board::microseconds();
    detector::run_model();
    const std::uint32_t end = board::microseconds();
    pins::processing(false);
    th_printf("th_infer took %lu us\r\n", static_cast<unsigned long>(end - start));
    th_printf("Output = [%d, %d, %d]\r\n", detector::outputs()[0], detector::outputs()[1],
              detector::outputs()[2]);
}

} // namespace streaming
