#include "board/board.hpp"
#include "board/registers.hpp"

namespace board {
namespace {

volatile std::uint32_t milliseconds;

} // namespace

void start_time() {
    rcc::apb1enr1 |= 1u << 3; // TIM5EN
    tim5::psc = core_clock_hz / 1'000'000 - 1;
    tim5::arr = 0xFFFFFFFF;
    tim5::egr = 1; // UG: take the prescaler now
    tim5::cr1 = 1; // CEN
    systick::rvr = core_clock_hz / 1000 - 1;
    systick::cvr = 0;
    systick::csr = 7; // core clock, interrupt, enable
}

std::uint32_t microseconds() { return tim5::cnt; }

void start_timestamp_pin() {
    rcc::ahb2enr |= 1u << 5; // GPIOFEN
    gpiof::bsrr = 1u << 13;
    gpiof::moder = (gpiof::moder & ~(3u << 26)) | 1u << 26;
}

void pulse_timestamp_pin() {
    gpiof::bsrr = 1u << (13 + 16);
    const std::uint32_t start = microseconds();
    while (microseconds() - start < 2) { // the monitor wants 1 us at least
    }
    gpiof::bsrr = 1u << 13;
}

} // namespace board

extern "C" void SysTick_Handler() { board::milliseconds = board::milliseconds + 1; }
