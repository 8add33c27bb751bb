#include "board.hpp"

#include <doctest/doctest.h>

using namespace tinysim;

namespace {

constexpr u32 usart_cr1 = 0x40004400;
constexpr u32 usart_brr = 0x4000440C;

/// Sends four bytes, and polls ISR for TXE before each of them as STM32's HAL does: with a call
/// that looks how long that takes.
struct PollingBoard : TestBoard {
    PollingBoard(const char* tier, bool quick) {
        machine.add_peripheral("usart2", "UART.STM32F7_USART", usart_cr1, {}, {});
        machine.add_peripheral("flashInterface", "Python.flashInterface", 0x40022000, {}, {});
        machine.add_bus("apb1", 0x40000000, 0x8000, 1);
        machine.configure("tier", std::string(tier));
        machine.configure("add_rounds", quick);
        machine.tiers.cycle_model.pipeline.matrix.apb_divider = {2, 1};
        place(main_program, {
                                0x4C09,         // ldr r4, =0x40004400
                                0x2504,         // movs r5, #4
                                0x62A5,         // 1: str r5, [r4, #0x28]
                                0x69E3,         // 2: ldr r3, [r4, #0x1C]
                                0x061B,         // lsls r3, r3, #24: TXE is N
                                0xD404,         // bmi 3f
                                0xF000, 0xF807, // bl 4f
                                0x2864,         // cmp r0, #100
                                0xD3F8,         // blo 2b
                                0xBE00,         // bkpt: it took too long
                                0x3D01,         // 3: subs r5, #1
                                0xD1F4,         // bne 1b
                                0xE7FE,         // b .
                                0xBF00,         // nop
                                0x4801,         // 4: ldr r0, =ticks
                                0x6800,         // ldr r0, [r0]
                                0x4770,         // bx lr
                            });
        set_word(main_program + 0x24, data);
        set_word(main_program + 0x28, usart_cr1);
        // SysTick's handler counts.
        handle(15, {0x4902, 0x6808, 0x3001, 0x6008, 0x4770, 0xBF00});
        set_word(0x08002000 + 0x80 * 15 + 0x0C, data);
        start();
        machine.bus_write(0x40022000, 0x705, 4);
        machine.bus_write(usart_brr, 300, 4);
        machine.bus_write(usart_cr1, 0x9, 4);
        machine.bus_write(0xE000E014, 999, 4);
        machine.bus_write(0xE000E010, 7, 4);
    }
};

} // namespace

TEST_CASE("What is added up of a loop that polls takes what its rounds do") {
    for (const char* const tier : {"T0", "T1", "T2", "T3"}) {
        CAPTURE(std::string(tier));
        PollingBoard quick(tier, true);
        PollingBoard plain(tier, false);
        for (unsigned slice = 0; slice < 20; ++slice) { // which may end within a wait
            const auto cycles = 1 + slice * 97;
            CHECK(static_cast<int>(quick.run(cycles)) == static_cast<int>(plain.run(cycles)));
            CHECK(quick.machine.core.cycles == plain.machine.core.cycles);
            CHECK(quick.machine.core.r == plain.machine.core.r);
            CHECK(quick.machine.core.pc == plain.machine.core.pc);
            const auto counters = plain.machine.counters();
            for (const auto& [name, value] : quick.machine.counters()) {
                CAPTURE(name);
                CHECK(value == counters.at(name));
            }
        }
        const std::string sent = quick.machine.uart("usart2").host_takes();
        CHECK(sent == "\x04\x03\x02\x01");
        CHECK(sent == plain.machine.uart("usart2").host_takes());
        CHECK(quick.word(TestBoard::data) == plain.word(TestBoard::data));
        CHECK(quick.word(TestBoard::data) > 10u);
    }
}
