#include "streaming/pins.hpp"

#include "board/board.hpp"
#include "board/registers.hpp"

namespace pins {
namespace {

constexpr std::uint32_t detected = 1u << 8;
constexpr std::uint32_t busy_bit = 1u << 9;

} // namespace

void start() {
    board::rcc::ahb2enr |= 1u << 1 | 1u << 4; // GPIOBEN, GPIOEEN
    board::gpiob::bsrr = detected;
    board::gpioe::bsrr = busy_bit << 16;
    board::gpiob::moder = (board::gpiob::moder & ~(3u << 16)) | 1u << 16;
    board::gpioe::moder = (board::gpioe::moder & ~(3u << 18)) | 1u << 18;
}

void processing(bool busy) { board::gpioe::bsrr = busy ? busy_bit : busy_bit << 16; }

void pulse_detected() {
    board::gpiob::bsrr = detected << 16;
    wait_a_microsecond();
    board::gpiob::bsrr = detected;
}

void wait_a_microsecond() {
    const std::uint32_t start = board::microseconds();
    while (board::microseconds() - start < 2) { // the first may be over at once
    }
}

} // namespace pins
