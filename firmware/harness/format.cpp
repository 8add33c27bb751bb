#include "harness/format.hpp"

#include "board/board.hpp"

#include <cstdarg>
#include <cstdint>

namespace {

void put_text(const char* text) {
    while (*text)
        board::send(*text++);
}

void put_number(unsigned long value, unsigned base, int width, char fill) {
    char digits[12];
    int count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (; width > count; --width)
        board::send(fill);
    while (count > 0)
        board::send(digits[--count]);
}

} // namespace

extern "C" void th_printf(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    for (; *format; ++format) {
        if (*format != '%') {
            board::send(*format);
            continue;
        }
        char fill = ' ';
        int width = 0;
        ++format;
        if (*format == '0')
            fill = *format++;
        while (*format >= '0' && *format <= '9')
            width = 10 * width + (*format++ - '0');
        if (*format == 'l')
            ++format;
        switch (*format) {
        case 's':
            put_text(va_arg(arguments, const char*));
            break;
        case 'c':
            board::send(static_cast<char>(va_arg(arguments, int)));
            break;
        case 'u':
            put_number(va_arg(arguments, unsigned long), 10, width, fill);
            break;
        case 'x':
            put_number(va_arg(arguments, unsigned), 16, width, fill);
            break;
        case 'd': {
            const int value = va_arg(arguments, int);
            if (value < 0)
                board::send('-');
            put_number(value < 0 ? 0u - static_cast<unsigned>(value) : static_cast<unsigned>(value),
                       10, width, fill);
            break;
        }
        default:
            board::send(*format);
        }
    }
    va_end(arguments);
}

namespace harness {

void print_decimals(float value) {
    if (value < 0) {
        board::send('-');
        value = -value;
    }
    const auto millionths = static_cast<std::uint64_t>(static_cast<double>(value) * 1e6 + 0.5);
    th_printf("%lu.", static_cast<unsigned long>(millionths / 1'000'000));
    th_printf("%06lu", static_cast<unsigned long>(millionths % 1'000'000));
}

void print_thousandths(float value) {
    th_printf("0.%03lu", static_cast<unsigned long>(value * 1000) % 1000);
}

} // namespace harness
