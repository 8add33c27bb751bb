#include "core.hpp"

#include <algorithm>

namespace tinysim {
namespace {

/// Operations (ARM 100863, semihosting). The console is all that there is to open.
enum Operation : u32 {
    sys_open = 0x01,
    sys_close = 0x02,
    sys_writec = 0x03,
    sys_write0 = 0x04,
    sys_write = 0x05,
    sys_read = 0x06,
    sys_readc = 0x07,
    sys_iserror = 0x08,
    sys_istty = 0x09,
    sys_flen = 0x0C,
    sys_clock = 0x10,
    sys_time = 0x11,
    sys_errno = 0x13,
    sys_get_cmdline = 0x15,
    sys_heapinfo = 0x16,
    sys_exit = 0x18,
    sys_exit_extended = 0x20,
    sys_elapsed = 0x30,
    sys_tickfreq = 0x31,
};

constexpr u32 failed = 0xFFFFFFFF;
constexpr u32 breakpoint = 0xAB;
constexpr u32 application_exit = 0x20026; // ADP_Stopped_ApplicationExit
constexpr u32 no_such_file = 2;           // ENOENT
constexpr u32 first_mode_to_write = 4;    // modes 0 to 3 open to read
constexpr u64 ps_a_second = 1'000'000'000'000;
constexpr u64 ps_a_tick = 1'000'000;
enum Handle : u32 { console_output = 1, console_input = 3 };

/// Where nothing was opened, firmware uses the numbers of C; both ways lead to one console.
bool is_console(u32 handle) { return handle <= console_input; }

} // namespace

/// One of the words that r1 points to.
u32 Core::semihosting_argument(unsigned number) {
    u32 value = 0;
    bus.read(r[1] + 4 * number, 4, value);
    return value;
}

/// Text of the firmware's, as far as there is memory.
std::string Core::semihosting_text(u32 address, u32 length, bool terminated) {
    std::string text;
    for (u32 left = std::min<u32>(length, most_output); left != 0; --left, ++address) {
        const u8* const host = bus.readable.find<u8>(address);
        if (!host || (terminated && *host == 0))
            break;
        text += static_cast<char>(*host);
    }
    return text;
}

void Core::semihosting_print(const std::string& text) {
    semihosting_output.append(text, 0,
                              most_output - std::min(most_output, semihosting_output.size()));
}

/// Takes what the host has typed; how many bytes were not to be had.
u32 Core::semihosting_read(u32 address, u32 length) {
    const auto taken = std::min<std::size_t>(length, semihosting_input.size());
    for (std::size_t i = 0; i < taken; ++i)
        bus.write(address + static_cast<u32>(i), 1, static_cast<u8>(semihosting_input[i]));
    semihosting_input.erase(0, taken);
    return length - static_cast<u32>(taken);
}

u32 Core::semihost(u32 operation) {
    switch (operation) {
    case sys_open:
        if (semihosting_text(semihosting_argument(0), semihosting_argument(2), false) != ":tt")
            return failed;
        return semihosting_argument(1) < first_mode_to_write ? console_input : console_output;
    case sys_writec:
        semihosting_print(semihosting_text(r[1], 1, false));
        return operation;
    case sys_write0:
        semihosting_print(semihosting_text(r[1], most_output, true));
        return operation;
    case sys_write:
        if (!is_console(semihosting_argument(0)))
            return semihosting_argument(2);
        semihosting_print(
            semihosting_text(semihosting_argument(1), semihosting_argument(2), false));
        return 0;
    case sys_read:
        if (!is_console(semihosting_argument(0)))
            return semihosting_argument(2);
        return semihosting_read(semihosting_argument(1), semihosting_argument(2));
    case sys_readc: {
        if (semihosting_input.empty())
            return failed;
        const auto byte = static_cast<u8>(semihosting_input.front());
        semihosting_input.erase(0, 1);
        return byte;
    }
    case sys_iserror:
        return semihosting_argument(0) >> 31;
    case sys_istty:
        return is_console(semihosting_argument(0)) ? 1 : 0;
    case sys_close:
    case sys_flen:
        return is_console(semihosting_argument(0)) ? 0 : failed;
    case sys_clock: // in hundredths of a second
        return static_cast<u32>(around.time_ps() / (ps_a_second / 100));
    case sys_time:
        return static_cast<u32>(around.time_ps() / ps_a_second);
    case sys_errno:
        return no_such_file;
    case sys_get_cmdline: // an empty one
        bus.write(semihosting_argument(0), 1, 0);
        bus.write(r[1] + 4, 4, 0);
        return 0;
    case sys_heapinfo: // all of it is the firmware's to know
        for (u32 i = 0; i < 4; ++i)
            bus.write(semihosting_argument(0) + 4 * i, 4, 0);
        return operation;
    case sys_elapsed: {
        const u64 ticks = around.time_ps() / ps_a_tick;
        bus.write(r[1], 4, static_cast<u32>(ticks));
        bus.write(r[1] + 4, 4, static_cast<u32>(ticks >> 32));
        return 0;
    }
    case sys_tickfreq:
        return static_cast<u32>(ps_a_second / ps_a_tick);
    default:
        return failed;
    }
}

/// BKPT: semihosting, else an exception, as no debugger is there.
void Core::breakpoint_instruction(const Op* op, u32 number) {
    stopped_at = op;
    if (number != breakpoint || (debugging.enabled && !debugging.host)) {
        fault(op, Exception::debug_monitor, 0, number);
        return;
    }
    if (r[0] == sys_exit || r[0] == sys_exit_extended) {
        const bool extended = r[0] == sys_exit_extended;
        const u32 reason = extended ? semihosting_argument(0) : r[1];
        const u32 code = extended ? semihosting_argument(1) : 0;
        exit_code = reason == application_exit ? static_cast<int>(code) : 1;
        exit = Exit::left;
        request_stop(Stop::exit);
        return;
    }
    r[0] = semihost(r[0]);
    return next(*this, op);
}

} // namespace tinysim
