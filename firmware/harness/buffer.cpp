#include "harness/buffer.hpp"

#include "harness/format.hpp"
#include "harness/submitter.hpp"

#include <cstdlib>
#include <cstring>

namespace harness {
namespace {

Buffer g_buffer;

void load(const char* argument) {
    if (!argument) {
        th_printf("e-[Command 'db load' requires the # of bytes]\r\n");
        return;
    }
    const int size = std::atoi(argument);
    if (size <= 0) {
        th_printf("e-[Command 'db load' must be >0 bytes]\r\n");
        return;
    }
    g_buffer.expect(static_cast<std::size_t>(size));
    if (g_buffer.expected() > TH_MAX_INPUT_SIZE)
        th_printf("Supplied buffer size %d exceeds maximum of %d\n", size,
                  static_cast<int>(TH_MAX_INPUT_SIZE));
    else
        th_printf("m-[Expecting %d bytes]\r\n", size);
}

void print() {
    constexpr std::size_t in_line = 8;
    const std::size_t size =
        g_buffer.expected() < Buffer::capacity() ? g_buffer.expected() : Buffer::capacity();
    for (std::size_t i = 0; i < size; ++i) {
        if (i % in_line == 0)
            th_printf("m-buffer-");
        th_printf("%02x", static_cast<unsigned>(g_buffer.data()[i]));
        th_printf((i + 1) % in_line == 0 || i + 1 == size ? "\r\n" : "-");
    }
    if (size % in_line != 0)
        th_printf("\r\n");
}

void fill(const char* digits) {
    const Filled filled = harness::fill(g_buffer, digits, [](bool is_last) { return is_last; });
    if (filled.how == Filled::odd)
        th_printf("e-[Insufficent number of hex digits]\r\n");
    else if (filled.how == Filled::no_digit)
        th_printf("e-[Invalid hex digit '%c%c']\r\n", digits[filled.at], digits[filled.at + 1]);
    else if (filled.how == Filled::wholly)
        th_printf("m-load-done\r\n");
}

} // namespace

Buffer& buffer() { return g_buffer; }

void parse_buffer_command(char* rest) {
    const char* subcommand = next_word(rest);
    if (!subcommand)
        th_printf("e-[Command 'db' requires a subcommand]\r\n");
    else if (std::strcmp(subcommand, "load") == 0)
        load(next_word(rest));
    else if (std::strcmp(subcommand, "print") == 0)
        print();
    else
        fill(subcommand);
}

} // namespace harness
