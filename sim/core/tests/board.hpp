#pragma once

#include "../machine/machine.hpp"

#include <initializer_list>

namespace tinysim {

/// A board with a vector table whose entries run small programs.
class TestBoard {
public:
    static constexpr u32 main_program = 0x08001000;
    static constexpr u32 stack = 0x20002000;
    static constexpr u32 data = 0x20000000;

    TestBoard();
    /// Places code at an address, as half-words.
    void place(u32 address, std::initializer_list<u16> code);
    /// Sets the handler of an exception, placed at 0x08000400 + 0x80 * number.
    void handle(unsigned number, std::initializer_list<u16> code);
    /// Resets with main_program at the reset vector.
    void start();
    u32 word(u32 address);
    void set_word(u32 address, u32 value);
    u32 reg(unsigned number) const { return machine.core.r[number]; }
    /// Runs until the program stands still at `b .`, or `cycles` have passed.
    Stop run(Cycles cycles = 100000) { return machine.run(cycles, false); }

    Machine machine;
};

} // namespace tinysim
