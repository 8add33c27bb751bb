#include "harness/commands.hpp"

#include "harness/buffer.hpp"
#include "harness/format.hpp"
#include "harness/words.hpp"

#include <cstdlib>
#include <cstring>

namespace harness {
namespace {

constexpr std::size_t command_size = 80; // EE_CMD_SIZE
constexpr const char* firmware_version = "ULPMark for tinyML Firmware V0.0.1";

CommandLine<command_size> g_line;

bool is(const char* word, const char* command) { return std::strcmp(word, command) == 0; }

void print_help() {
    th_printf("%s\r\n\r\n", firmware_version);
    // The spelling is the protocol's.
    th_printf("help         : Print this information\r\n"
              "name         : Print the name of the device\r\n"
              "timestsamp   : Generate a timetsamp\r\n"
              "db SUBCMD    : Manipulate a generic byte buffer\r\n"
              "  load N     : Allocate N bytes and set load counter\r\n"
              "  db HH[HH]* : Load 8-bit hex byte(s) until N bytes\r\n"
              "  print [N=16] [offset=0]\r\n"
              "             : Print N bytes at offset as hex\r\n"
              "infer N [W=0]: Load input, execute N inferences after W warmup loops\r\n"
              "results      : Return the result fp32 vector\r\n");
}

void infer(char* rest) {
    int inferences = 1;
    int warmups = 10;
    if (const char* word = next_word(rest)) {
        inferences = std::atoi(word);
        if (inferences <= 0) {
            th_printf("e-[Inference iterations must be >0]\r\n");
            return;
        }
        if ((word = next_word(rest))) {
            warmups = std::atoi(word);
            if (warmups < 0) {
                th_printf("e-[Inference warmup must be >=0]\r\n");
                return;
            }
        }
    }
    th_load_tensor();
    th_printf("m-warmup-start-%d\r\n", warmups);
    for (int i = 0; i < warmups; ++i)
        th_infer();
    th_printf("m-warmup-done\r\nm-infer-start-%d\r\n", inferences);
    th_timestamp();
    for (int i = 0; i < inferences; ++i)
        th_infer();
    th_timestamp();
    th_printf("m-infer-done\r\n");
    th_results();
}

void run_command(char* command) {
    char* word = next_word(command);
    if (!word) // nothing before the '%'
        th_printf("e-[Unknown command: ]\r\n");
    else if (is(word, "name"))
        th_printf("m-name-dut-[unspecified]\r\n");
    else if (is(word, "timestamp"))
        th_timestamp();
    else if (is(word, "profile"))
        th_printf("m-profile-[%s]\r\nm-model-[%s]\r\n", firmware_version, TH_MODEL_VERSION);
    else if (is(word, "help"))
        print_help();
    else if (is(word, "db"))
        parse_buffer_command(command);
    else if (is(word, "infer"))
        infer(command);
    else if (is(word, "results"))
        th_results();
    else if (th_reset && is(word, "reset"))
        th_reset();
    else
        th_printf("e-[Unknown command: %s]\r\n", word);
    th_printf("m-ready\r\n");
}

} // namespace

void take(char character) {
    if (char* command = g_line.take(character))
        run_command(command);
}

} // namespace harness
