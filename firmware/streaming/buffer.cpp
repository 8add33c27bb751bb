#include "streaming/buffer.hpp"

#include "harness/format.hpp"
#include "streaming/audio.hpp"

#include <cstdlib>
#include <cstring>

namespace streaming {
namespace {

constexpr std::size_t capacity = audio::buffer_samples * sizeof(std::int16_t);

bool g_is_loading;
std::size_t g_expected, g_position;

int digit(char character) {
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

std::size_t number(char*& rest, std::size_t otherwise, std::size_t most) {
    const char* word = next_word(rest);
    const int value = word ? std::atoi(word) : 0;
    return value <= 0 || static_cast<std::size_t>(value) > most ? otherwise
                                                                : static_cast<std::size_t>(value);
}

void load(char*& rest) {
    g_expected = number(rest, 0, 1u << 30);
    g_position = 0;
    g_is_loading = g_expected != 0;
    if (g_is_loading)
        th_printf("Expecting %u bytes\r\n", static_cast<unsigned>(g_expected));
    else
        th_printf("Error: Transfer size must be greater than 0.\r\n");
}

void fill(const char* digits) {
    if (!g_is_loading) {
        th_printf("Error: Must issue db load <Nbytes> command before transmitting data.\r\n");
        return;
    }
    const std::size_t count = std::strlen(digits);
    if (count % 2 != 0) {
        th_printf("Error: number of hex digits in data string must be even. Received %u\r\n",
                  static_cast<unsigned>(count));
        return;
    }
    auto* bytes = reinterpret_cast<std::uint8_t*>(audio::first_buffer());
    for (std::size_t i = 0; i < count; i += 2) {
        const int high = digit(digits[i]);
        const int low = digit(digits[i + 1]);
        if (high < 0 || low < 0) {
            th_printf("Error: Received non-hex digit at location %u\r\n", static_cast<unsigned>(i));
            return;
        }
        if (g_position < capacity)
            bytes[g_position] = static_cast<std::uint8_t>(high << 4 | low);
        ++g_position;
        if (g_position >= g_expected || g_position >= capacity) {
            g_is_loading = false;
            th_printf("m-load-done\r\n");
            return;
        }
    }
    th_printf("%u bytes received\r\n", static_cast<unsigned>(g_position));
}

void print(std::size_t count) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(audio::first_buffer());
    th_printf("m-buffer-");
    for (std::size_t i = 0; i < count; ++i)
        th_printf(i + 1 < count ? "%02x-" : "%02x\r\n", static_cast<unsigned>(bytes[i]));
}

void print_samples(std::size_t count) {
    constexpr std::size_t in_line = 16;
    th_printf("[");
    for (std::size_t i = 0; i < count; ++i) {
        th_printf("%d%c ", audio::first_buffer()[i], i + 1 == count ? ']' : ',');
        if ((i + 1) % in_line == 0 || i + 1 == count)
            th_printf("\r\n");
    }
}

} // namespace

void run_buffer_command(char* rest) {
    const char* word = next_word(rest);
    if (audio::is_running())
        th_printf("Error: db: it listens to I2S: stop it first\r\n");
    else if (!word)
        th_printf("Error: db requires a sub-command: 'db load <Nbytes>'; 'db print [Nbytes]', "
                  "'db <hexstring>'\r\n");
    else if (std::strcmp(word, "load") == 0)
        load(rest);
    else if (std::strcmp(word, "getptr") == 0)
        th_printf("m-buff-ptr-%u\r\n", static_cast<unsigned>(g_position));
    else if (std::strcmp(word, "setptr") == 0)
        g_position = number(rest, 0, capacity);
    else if (std::strcmp(word, "print") == 0)
        print(number(rest, capacity, capacity));
    else if (std::strcmp(word, "print_i16") == 0)
        print_samples(number(rest, audio::buffer_samples, audio::buffer_samples));
    else if (digit(word[0]) >= 0)
        fill(word);
    else
        th_printf("Error: db: Unrecognized sub-command %s\r\n", word);
}

} // namespace streaming
