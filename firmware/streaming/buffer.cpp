#include "streaming/buffer.hpp"

#include "harness/bytes.hpp"
#include "harness/format.hpp"
#include "streaming/audio.hpp"

#include <cstdlib>
#include <cstring>

namespace streaming {
namespace {

/// Room for what the host sends while nothing is received.
struct SoundMemory {
    static std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(audio::first_buffer()); }
    static constexpr std::size_t capacity() { return audio::buffer_samples * sizeof(std::int16_t); }
};

harness::Bytes<SoundMemory> g_buffer;
bool g_is_loading;

std::size_t number(char*& rest, std::size_t otherwise, std::size_t most) {
    const char* word = harness::next_word(rest);
    const int value = word ? std::atoi(word) : 0;
    return value <= 0 || static_cast<std::size_t>(value) > most ? otherwise
                                                                : static_cast<std::size_t>(value);
}

void load(char*& rest) {
    g_buffer.expect(number(rest, 0, 1u << 30));
    g_is_loading = g_buffer.expected() != 0;
    if (g_is_loading)
        th_printf("Expecting %u bytes\r\n", static_cast<unsigned>(g_buffer.expected()));
    else
        th_printf("Error: Transfer size must be greater than 0.\r\n");
}

void fill(const char* digits) {
    if (!g_is_loading) {
        th_printf("Error: Must issue db load <Nbytes> command before transmitting data.\r\n");
        return;
    }
    const harness::Filled filled = harness::fill(g_buffer, digits, [](bool) {
        return g_buffer.position() >= g_buffer.expected() ||
               g_buffer.position() >= g_buffer.capacity();
    });
    switch (filled.how) {
    case harness::Filled::odd:
        th_printf("Error: number of hex digits in data string must be even. Received %u\r\n",
                  static_cast<unsigned>(filled.at));
        break;
    case harness::Filled::no_digit:
        th_printf("Error: Received non-hex digit at location %u\r\n",
                  static_cast<unsigned>(filled.at));
        break;
    case harness::Filled::wholly:
        g_is_loading = false;
        th_printf("m-load-done\r\n");
        break;
    case harness::Filled::partly:
        th_printf("%u bytes received\r\n", static_cast<unsigned>(g_buffer.position()));
    }
}

void print(std::size_t count) {
    th_printf("m-buffer-");
    for (std::size_t i = 0; i < count; ++i)
        th_printf(i + 1 < count ? "%02x-" : "%02x\r\n", static_cast<unsigned>(g_buffer.data()[i]));
}

} // namespace

void print_samples(const std::int16_t* samples, std::size_t count, std::size_t step) {
    constexpr std::size_t in_line = 16;
    th_printf("[");
    for (std::size_t i = 0; i < count; ++i) {
        th_printf("%d%c ", samples[i * step], i + 1 == count ? ']' : ',');
        if ((i + 1) % in_line == 0 || i + 1 == count)
            th_printf("\r\n");
    }
}

void run_buffer_command(char* rest) {
    const char* word = harness::next_word(rest);
    if (audio::is_running())
        th_printf("Error: db: it listens to I2S: stop it first\r\n");
    else if (!word)
        th_printf("Error: db requires a sub-command: 'db load <Nbytes>'; 'db print [Nbytes]', "
                  "'db <hexstring>'\r\n");
    else if (std::strcmp(word, "load") == 0)
        load(rest);
    else if (std::strcmp(word, "getptr") == 0)
        th_printf("m-buff-ptr-%u\r\n", static_cast<unsigned>(g_buffer.position()));
    else if (std::strcmp(word, "setptr") == 0)
        g_buffer.move_to(number(rest, 0, SoundMemory::capacity()));
    else if (std::strcmp(word, "print") == 0)
        print(number(rest, SoundMemory::capacity(), SoundMemory::capacity()));
    else if (std::strcmp(word, "print_i16") == 0)
        print_samples(audio::first_buffer(),
                      number(rest, audio::buffer_samples, audio::buffer_samples), 1);
    else if (harness::digit(word[0]) >= 0)
        fill(word);
    else
        th_printf("Error: db: Unrecognized sub-command %s\r\n", word);
}

} // namespace streaming
