#include "harness/buffer.hpp"

#include "harness/commands.hpp"
#include "harness/format.hpp"

#include <cstdlib>
#include <cstring>

namespace harness {
namespace {

Buffer g_buffer;

int digit(char character) {
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

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
    const std::size_t count = std::strlen(digits);
    if (count % 2 != 0) {
        th_printf("e-[Insufficent number of hex digits]\r\n");
        return;
    }
    for (std::size_t i = 0; i < count; i += 2) {
        const int high = digit(digits[i]);
        const int low = digit(digits[i + 1]);
        if (high < 0 || low < 0) {
            th_printf("e-[Invalid hex digit '%c%c']\r\n", digits[i], digits[i + 1]);
            return;
        }
        if (g_buffer.add(static_cast<std::uint8_t>(high << 4 | low))) {
            th_printf("m-load-done\r\n");
            return; // the rest of the digits does not count
        }
    }
}

} // namespace

Buffer& buffer() { return g_buffer; }

void parse_buffer_command(char* subcommand) {
    if (!subcommand)
        th_printf("e-[Command 'db' requires a subcommand]\r\n");
    else if (std::strcmp(subcommand, "load") == 0)
        load(next_word());
    else if (std::strcmp(subcommand, "print") == 0)
        print();
    else
        fill(subcommand);
}

} // namespace harness
