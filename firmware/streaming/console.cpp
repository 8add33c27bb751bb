#include "streaming/console.hpp"

#include "board/registers.hpp"

namespace console {
namespace {

constexpr std::uint32_t size = 2048; // a command, while a frame is processed
char g_ring[size];
volatile std::uint32_t g_head, g_tail;

} // namespace

void start() {
    board::nvic::ipr(70) = 0x10; // LPUART1
    board::nvic::iser2 = 1u << (70 - 64);
    board::lpuart1::cr1 |= 1u << 5; // RXNEIE
}

char receive() {
    for (;;) {
        // With interrupts off, one that comes now still ends WFI (DDI0403 B1.5.19).
        asm volatile("cpsid i" ::: "memory");
        if (g_head != g_tail)
            break;
        asm volatile("wfi\n cpsie i" ::: "memory");
    }
    asm volatile("cpsie i" ::: "memory");
    const char character = g_ring[g_tail];
    g_tail = (g_tail + 1) % size;
    return character;
}

} // namespace console

extern "C" void LPUART1_IRQHandler() {
    using namespace console;
    constexpr std::uint32_t rxne = 1u << 5;
    constexpr std::uint32_t errors = 15u; // PE, FE, NE, ORE
    board::lpuart1::icr = errors;
    while (board::lpuart1::isr & rxne) {
        const auto character = static_cast<char>(board::lpuart1::rdr);
        const std::uint32_t next = (g_head + 1) % size;
        if (next == g_tail)
            continue; // more than a command: it could not be understood anyway
        g_ring[g_head] = character;
        g_head = next;
    }
}
