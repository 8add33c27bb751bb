#include "board.hpp"

#include <doctest/doctest.h>

using namespace tinysim;

TEST_CASE("A machine goes on from a snapshot as the first one does") {
    const auto prepare = [](TestBoard& board) {
        board.place(TestBoard::main_program, {0x3001, 0x1840, 0xE7FC}); // adds, adds, b
        board.start();
    };
    TestBoard first;
    prepare(first);
    first.run(1000);
    const std::string state = first.machine.snapshot();
    first.run(1000);

    TestBoard second;
    prepare(second);
    second.machine.restore(state);
    second.run(1000);
    CHECK(second.reg(0) == first.reg(0));
    CHECK(second.machine.core.cycles == first.machine.core.cycles);
    CHECK(second.machine.core.instructions == first.machine.core.instructions);
}

TEST_CASE("A snapshot that was cut short is refused") {
    TestBoard board;
    board.place(TestBoard::main_program, {0xE7FE});
    board.start();
    std::string state = board.machine.snapshot();
    state.resize(state.size() - 100);
    bool refused = false;
    try {
        board.machine.restore(state);
    } catch (const CoreError&) {
        refused = true;
    }
    CHECK(refused);
}
