#include "board/board.hpp"
#include "board/registers.hpp"

namespace board {

/// LPUART1 on PG7 and PG8: the ST-LINK's virtual COM port (UM2179).
void start_serial(std::uint32_t baud) {
    constexpr std::uint32_t gpiogen = 1u << 6;
    constexpr std::uint32_t iosv = 1u << 9; // VDDIO2 feeds port G
    constexpr std::uint32_t ue_re_te = 1u << 0 | 1u << 2 | 1u << 3;

    rcc::ahb2enr |= gpiogen;
    pwr::cr2 |= iosv;
    rcc::apb1enr2 |= 1u; // LPUART1EN
    gpiog::afrl = (gpiog::afrl & ~(15u << 28)) | 8u << 28;
    gpiog::afrh = (gpiog::afrh & ~15u) | 8u;
    gpiog::moder = (gpiog::moder & ~(15u << 14)) | 10u << 14;
    // BRR has 20 bits: a low rate needs a slower kernel clock (RM0432 51.4.7).
    const std::uint32_t divider = baud < 57600 ? 4 : 1;
    const std::uint32_t clock = core_clock_hz / divider;
    lpuart1::presc = divider == 4 ? 2 : 0;
    lpuart1::brr = static_cast<std::uint32_t>((256ull * clock + baud / 2) / baud);
    lpuart1::cr1 = ue_re_te;
}

void send(char character) {
    constexpr std::uint32_t txe = 1u << 7;
    while ((lpuart1::isr & txe) == 0) {
    }
    lpuart1::tdr = static_cast<unsigned char>(character);
}

char receive() {
    constexpr std::uint32_t rxne = 1u << 5;
    while ((lpuart1::isr & rxne) == 0) {
    }
    return static_cast<char>(lpuart1::rdr);
}

} // namespace board
