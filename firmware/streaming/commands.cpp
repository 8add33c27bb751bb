#include "streaming/commands.hpp"

#include "harness/format.hpp"
#include "harness/submitter.hpp"
#include "harness/words.hpp"
#include "streaming/audio.hpp"
#include "streaming/buffer.hpp"
#include "streaming/detector.hpp"
#include "streaming/features.hpp"
#include "streaming/journal.hpp"
#include "streaming/pins.hpp"
#include "streaming/trials.hpp"

#include <cstdint>
#include <cstring>

namespace streaming {
namespace {

constexpr std::size_t command_size = 1028; // EE_CMD_SIZE

harness::CommandLine<command_size> g_line;

bool is(const char* word, const char* command) { return std::strcmp(word, command) == 0; }

void start() {
    if (audio::is_running()) {
        th_printf("I2S Rx currently in progress. Ignoring request\r\n");
        return;
    }
    th_printf("Listening for I2S data ... \r\n");
    detector::reset();
    th_timestamp(); // power is measured from here on
    // A pulse that lines up what the interface board and an energy monitor have recorded.
    pins::processing(true);
    pins::wait_a_microsecond();
    pins::processing(false);
    audio::start();
    th_printf("DMA receive initiated.\r\n");
}

void stop() {
    if (!audio::is_running()) {
        th_printf("I2S is already idle.  Ignoring stop request\r\n");
        return;
    }
    const bool is_streaming = audio::is_streaming();
    audio::stop();
    if (!is_streaming) {
        th_printf("Wav capture stopped.\r\n");
        return;
    }
    th_timestamp(); // and to here
    th_printf("Streaming stopped.\r\n");
    if (audio::overruns() != 0)
        th_printf("Error: overrun in frame %lu, %lu frames lost\r\n",
                  static_cast<unsigned long>(audio::first_overrun()),
                  static_cast<unsigned long>(audio::overruns()));
    th_printf("target activations: \r\n");
    print_numbers(detector::activations(), detector::activation_count());
}

void print_help() {
    th_printf("name         : Print the name of the device\r\n"
              "profile      : Print the versions of firmware and model\r\n"
              "start        : Listen to I2S, and pulse PB8 at each wake word\r\n"
              "stop         : Listen no longer; print the activation of each frame\r\n"
              "state        : Print whether it listens, and frames lost\r\n"
              "i2scap [N]   : Capture N samples, left and right, and print them\r\n"
              "extract [N]  : Features of 1024 samples of what i2scap has captured, from N on\r\n"
              "infer_wav [N]: Features and activations of what i2scap has captured, from N on\r\n"
              "run_model    : Run the model on the frames that were heard last\r\n"
              "log          : Print what happened while streaming, and forget it\r\n"
              "db SUBCMD    : load N, HH[HH]*, print [N], print_i16 [N], getptr, setptr N\r\n"
              "extract_uart_stream : Features and activations of 512 samples in the buffer\r\n"
              "timestamp    : Generate a timestamp\r\n"
              "proc_hi, proc_lo : Set the processing pin\r\n"
              "help         : Print this information\r\n");
}

void print_state() {
    th_printf("state: %s, frames %u, overruns %lu\r\n",
              audio::is_streaming() ? "streaming"
              : audio::is_running() ? "capturing"
                                    : "idle",
              static_cast<unsigned>(detector::activation_count()),
              static_cast<unsigned long>(audio::overruns()));
}

/// One channel, as the host has it.
void extract_sent() {
    if (audio::is_running()) {
        th_printf("Error: it listens to I2S: stop it first\r\n");
        return;
    }
    detector::infer(audio::first_buffer(), 1);
    th_printf("m-features-[");
    for (std::size_t i = 0; i < features::bands; ++i)
        th_printf(i == 0 ? "%d" : ", %d", detector::features()[i]);
    th_printf("]\r\nm-activations-[%d, %d, %d]\r\n", detector::outputs()[0], detector::outputs()[1],
              detector::outputs()[2]);
}

void run_command(char* rest) {
    th_printf("Received command: %s\r\n", rest);
    const char* word = harness::next_word(rest);
    if (!word)
        th_printf("Empty command (only a %% read).  Type 'help%%' for help\r\n");
    else if (is(word, "name"))
        th_printf("m-name-dut-[tinysim]\r\n");
    else if (is(word, "profile"))
        th_printf("m-profile-[MLPerf Tiny Firmware V0.1.0]\r\nm-model-[sww01]\r\n");
    else if (is(word, "start"))
        start();
    else if (is(word, "stop"))
        stop();
    else if (is(word, "state"))
        print_state();
    else if (is(word, "help"))
        print_help();
    else if (is(word, "timestamp"))
        th_timestamp();
    else if (is(word, "proc_hi"))
        pins::processing(true);
    else if (is(word, "proc_lo"))
        pins::processing(false);
    else if (is(word, "db"))
        run_buffer_command(rest);
    else if (is(word, "extract_uart_stream"))
        extract_sent();
    else if (is(word, "i2scap"))
        capture(rest);
    else if (is(word, "extract"))
        extract(rest);
    else if (is(word, "infer_wav"))
        infer_sound(rest);
    else if (is(word, "run_model"))
        run_model(rest);
    else if (is(word, "log"))
        journal::print();
    else
        th_printf("Unrecognized command %s\r\n", word);
    th_printf("m-ready\r\n");
}

} // namespace

void print_numbers(const std::int8_t* values, std::size_t count) {
    constexpr std::size_t in_line = 16;
    th_printf("[");
    for (std::size_t i = 0; i < count; ++i) {
        th_printf("%d%c ", values[i], i + 1 == count ? ' ' : ',');
        if ((i + 1) % in_line == 0)
            th_printf("\r\n");
    }
    th_printf("]\r\n");
}

void take(char character) {
    if (char* command = g_line.take(character))
        run_command(command);
}

} // namespace streaming
