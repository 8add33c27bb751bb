#include "board/registers.hpp"

#include <cstdint>

extern "C" {
extern std::uint32_t __stack_top, __data_start, __data_end, __data_load, __bss_start, __bss_end;
using Initializer = void (*)();
extern Initializer __init_array_start, __init_array_end;

int main();
void Reset_Handler();
void SysTick_Handler();

/// Where every exception ends that has no handler: a debugger, or the emulator, looks here.
void Default_Handler() {
    for (;;) {
    }
}

void NMI_Handler() __attribute__((weak, alias("Default_Handler")));
void HardFault_Handler() __attribute__((weak, alias("Default_Handler")));
void PendSV_Handler() __attribute__((weak, alias("Default_Handler")));
void DMA1_Channel1_IRQHandler() __attribute__((weak, alias("Default_Handler")));
void LPUART1_IRQHandler() __attribute__((weak, alias("Default_Handler")));
}

namespace {

using Handler = void (*)();

constexpr unsigned exceptions = 15;
constexpr unsigned interrupts = 95; // RM0432 table 78

struct Vectors {
    const std::uint32_t* stack;
    Handler handlers[exceptions + interrupts]; ///< from exception 1 on
};

constexpr Vectors make_vectors() {
    Vectors vectors{&__stack_top, {}};
    for (Handler& handler : vectors.handlers)
        handler = Default_Handler;
    vectors.handlers[0] = Reset_Handler;
    vectors.handlers[1] = NMI_Handler;
    vectors.handlers[2] = HardFault_Handler;
    vectors.handlers[13] = PendSV_Handler;
    vectors.handlers[14] = SysTick_Handler;
    vectors.handlers[exceptions + 11] = DMA1_Channel1_IRQHandler;
    vectors.handlers[exceptions + 70] = LPUART1_IRQHandler;
    return vectors;
}

[[gnu::section(".vectors"), gnu::used]] constexpr Vectors vectors = make_vectors();

} // namespace

extern "C" void Reset_Handler() {
    board::scb::cpacr |= 15u << 20; // the FPU is on before anything can use it
    asm volatile("dsb\n isb" ::: "memory");
    const std::uint32_t* from = &__data_load;
    for (std::uint32_t* to = &__data_start; to < &__data_end;)
        *to++ = *from++;
    for (std::uint32_t* to = &__bss_start; to < &__bss_end;)
        *to++ = 0;
    for (Initializer* initializer = &__init_array_start; initializer < &__init_array_end;
         ++initializer)
        (*initializer)();
    main();
    Default_Handler();
}
