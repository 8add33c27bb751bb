#include "board.hpp"

#include <doctest/doctest.h>

using namespace tinysim;

namespace {

/// A board with one serial port and one timer, clocked at 120 MHz as there is no RCC.
struct PortBoard : TestBoard {
    PortBoard() {
        machine.add_peripheral("usart1", "UART.STM32F7_USART", 0x40013800, {}, {});
        machine.add_peripheral("tim2", "Timers.STM32_Timer", 0x40000000, {},
                               {{"initialLimit", i64{0xFFFFFFFF}}});
        machine.connect("usart1", "IRQ", "nvic", 37);
        machine.connect("tim2", "", "nvic", 28);
        place(main_program, {0xE7FE});
        start();
    }
    void write(u32 address, u32 value) { machine.bus.write(address, 4, value); }
    u32 read(u32 address) {
        u32 value = 0;
        machine.bus.read(address, 4, value);
        return value;
    }
};

constexpr u32 usart_cr1 = 0x40013800;
constexpr u32 usart_brr = 0x4001380C;
constexpr u32 usart_isr = 0x4001381C;
constexpr u32 usart_rdr = 0x40013824;
constexpr u32 usart_tdr = 0x40013828;

} // namespace

TEST_CASE("A byte takes ten bit times on the wire") {
    PortBoard board;
    board.write(usart_brr, 1000); // 120 kBd: 10000 cycles a frame
    board.write(usart_cr1, 0xD);
    board.write(usart_tdr, 'x');
    CHECK((board.read(usart_isr) >> 6 & 1) == 0u); // TC
    board.machine.run(9990, false);
    CHECK(board.machine.uart("usart1").host_takes().size() == 0u);
    board.machine.run(20, false);
    CHECK(board.machine.uart("usart1").host_takes() == "x");
    CHECK((board.read(usart_isr) >> 6 & 1) == 1u);
}

TEST_CASE("A polled receiver gets each byte when it looks, and none is lost") {
    PortBoard board;
    board.write(usart_brr, 1000);
    board.write(usart_cr1, 0xD);
    const u8 bytes[] = {'a', 'b'};
    board.machine.uart("usart1").host_sends(bytes, 2);
    for (const u32 expected : {u32{'a'}, u32{'b'}}) {
        CHECK((board.read(usart_isr) >> 5 & 1) == 1u); // RXNE
        CHECK(board.read(usart_rdr) == expected);
    }
    CHECK((board.read(usart_isr) >> 5 & 1) == 0u);
}

TEST_CASE("A timer counts the cycles of its prescaler and takes a new one by UG") {
    PortBoard board;
    board.write(0x40000028, 119); // PSC
    board.write(0x40000014, 1);   // EGR.UG
    board.write(0x40000000, 1);   // CR1.CEN
    board.machine.run(1200, false);
    const Cycles now = board.machine.core.cycles;
    CHECK(board.read(0x40000024) == static_cast<u32>(now / 120));
}

TEST_CASE("Reading where nothing is faults with the address") {
    PortBoard board;
    board.place(TestBoard::main_program, {0xF04F, 0x40C0, 0x6801, 0xE7FE}); // ldr r1, [0x60000000]
    board.start();
    const Stop reason = board.run();
    CHECK(static_cast<int>(reason) == static_cast<int>(Stop::fault));
    CHECK(board.machine.core.fault_report->address.value_or(0) == 0x60000000u);
}
