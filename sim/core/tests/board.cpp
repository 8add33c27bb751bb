#include "board.hpp"

namespace tinysim {

TestBoard::TestBoard() {
    machine.add_memory("flash", "flash", {0x08000000, 0}, 0x10000);
    machine.add_memory("sram", "sram", {0x20000000}, 0x10000);
    set_word(0x08000000, stack);
    set_word(0x08000004, main_program | 1);
    // An exception without a handler of its own stands still.
    for (unsigned number = 2; number < 64; ++number)
        handle(number, {0xE7FE});
}

void TestBoard::place(u32 address, std::initializer_list<u16> code) {
    std::string bytes;
    for (const u16 half : code) {
        bytes.push_back(static_cast<char>(half & 0xFF));
        bytes.push_back(static_cast<char>(half >> 8));
    }
    machine.load(address, bytes);
}

void TestBoard::handle(unsigned number, std::initializer_list<u16> code) {
    const u32 at = 0x08002000 + 0x80 * number;
    place(at, code);
    set_word(0x08000000 + 4 * number, at | 1);
}

void TestBoard::start() { machine.reset(); }

u32 TestBoard::word(u32 address) {
    const std::string bytes = machine.read_memory(address, 4);
    u32 value = 0;
    std::memcpy(&value, bytes.data(), 4);
    return value;
}

void TestBoard::set_word(u32 address, u32 value) {
    machine.load(address, std::string(reinterpret_cast<const char*>(&value), 4));
}

} // namespace tinysim
