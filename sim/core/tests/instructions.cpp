#include "board.hpp"

#include <doctest/doctest.h>

using namespace tinysim;

TEST_CASE("Code that a program writes over is executed as it is then") {
    TestBoard board;
    // Runs `movs r0, #1; bx lr` in SRAM, writes #2 over it, and runs it again.
    board.place(0x20001000, {0x2001, 0x4770});
    board.place(TestBoard::main_program, {
                                             0x4D05, // ldr r5, =0x20001001
                                             0x47A8, // blx r5
                                             0x4601, // mov r1, r0
                                             0x4C05, // ldr r4, =0x20001000
                                             0x2302, // movs r3, #2
                                             0x7023, // strb r3, [r4]
                                             0x47A8, // blx r5
                                             0xE7FE, // b .
                                         });
    board.set_word(TestBoard::main_program + 0x18, 0x20001001);
    board.set_word(TestBoard::main_program + 0x1C, 0x20001000);
    board.start();
    board.run();
    CHECK(board.reg(1) == 1u);
    CHECK(board.reg(0) == 2u);
}

TEST_CASE("An instruction whose IT condition fails does nothing") {
    TestBoard board;
    board.place(TestBoard::main_program, {
                                             0x2001,
                                             0x2800, // movs r0, #1; cmp r0, #0
                                             0xBF0C, // ite eq
                                             0x2105,
                                             0x2107, // moveq r1, #5; movne r1, #7
                                             0xE7FE,
                                         });
    board.start();
    board.run();
    CHECK(board.reg(1) == 7u);
}

TEST_CASE("An IT instruction in an IT block, which is unpredictable, does no harm") {
    TestBoard board;
    board.place(TestBoard::main_program, {
                                             0x2001,
                                             0x2800, // movs r0, #1; cmp r0, #0
                                             0xBF04, // itt eq
                                             0xBF08, // it eq
                                             0x2105, // moveq r1, #5
                                             0xE7FE,
                                         });
    board.start();
    board.machine.step(3);
    board.machine.step(1); // the inner one alone in its block
    board.run();
    CHECK(board.reg(1) == 0u);
}

TEST_CASE("Division by zero gives 0") {
    TestBoard board;
    board.place(TestBoard::main_program, {0x2007, 0x2100, 0xFBB0, 0xF2F1, 0xE7FE});
    board.start();
    board.run();
    CHECK(board.reg(2) == 0u);
}

TEST_CASE("LDREX and STREX succeed once and CLREX undoes them") {
    TestBoard board;
    board.place(TestBoard::main_program, {
                                             0xF04F,
                                             0x5000, // mov r0, #0x20000000
                                             0xE850,
                                             0x1F00, // ldrex r1, [r0]
                                             0xE840,
                                             0x1200, // strex r2, r1, [r0]
                                             0xE840,
                                             0x1300, // strex r3, r1, [r0]
                                             0xE850,
                                             0x1F00, // ldrex r1, [r0]
                                             0xF3BF,
                                             0x8F2F, // clrex
                                             0xE840,
                                             0x1400, // strex r4, r1, [r0]
                                             0xE7FE,
                                         });
    board.start();
    board.run();
    CHECK(board.reg(2) == 0u);
    CHECK(board.reg(3) == 1u);
    CHECK(board.reg(4) == 1u);
}

TEST_CASE("The manual's cycles: loads pipeline, a taken branch refills") {
    TestBoard board;
    // mov r0; ldr r1,[r0]; ldr r2,[r0,#4]; ldr r3,[r0,#8]: 2 + 1 + 1, and 1 as the first
    // address was computed just before; b .+2: 2
    board.place(TestBoard::main_program, {0xF04F, 0x5000, 0x6801, 0x6842, 0x6883, 0xE7FF, 0xE7FE});
    board.start();
    board.machine.step(1);
    CHECK(board.machine.core.cycles == 1u);
    board.machine.step(3);
    CHECK(board.machine.core.cycles == 6u);
    board.machine.step(1);
    CHECK(board.machine.core.cycles == 8u);
}

TEST_CASE("A sum that overflows sets Q, by its handler and in translated code") {
    for (const i64 translate : {0, 1}) {
        TestBoard board;
        board.machine.configure("translate", translate);
        board.place(TestBoard::main_program, {
                                                 0xF248, 0x0000, // movw r0, #0x8000
                                                 0xF2C8, 0x0000, // movt r0, #0x8000
                                                 0xF06F, 0x4100, // mvn r1, #0x80000000
                                                 0x2200,         // movs r2, #0
                                                 0xF382, 0x8800, // msr apsr_nzcvq, r2
                                                 0xFB10, 0x1300, // smlabb r3, r0, r0, r1
                                                 0xBF00,         // nop: one alone stays as it is
                                                 0xF3EF, 0x8400, // mrs r4, apsr
                                                 0xF382, 0x8800, // msr apsr_nzcvq, r2
                                                 0xFB20, 0xF300, // smuad r3, r0, r0
                                                 0xBF00,         // nop
                                                 0xF3EF, 0x8500, // mrs r5, apsr
                                                 0xF382, 0x8800, // msr apsr_nzcvq, r2
                                                 0xFB20, 0x1302, // smlad r3, r0, r2, r1
                                                 0xBF00,         // nop
                                                 0xF3EF, 0x8600, // mrs r6, apsr
                                                 0xE7FE,
                                             });
        board.start();
        board.run();
        CHECK(board.reg(4) == 1u << 27);
        CHECK(board.reg(5) == 1u << 27);
        CHECK(board.reg(6) == 0u);
        CHECK(board.reg(3) == 0x7FFFFFFFu);
    }
}
