// Random images: none may do the core harm. core_fuzz [IMAGES] [SEED]
#include "board.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>

using namespace tinysim;

namespace {

using Generator = std::mt19937;

constexpr Cycles one_ms = 120'000;
constexpr u32 skip = 0x08008000;

/// A board with one peripheral of each kind.
struct FuzzBoard : TestBoard {
    explicit FuzzBoard(const char* tier) {
        const auto add = [this](const char* name, const char* type, u32 address,
                                const Properties& properties = {}) {
            machine.add_peripheral(name, type, address, {}, properties);
        };
        add("rcc", "Python.rcc", 0x40021000);
        add("flashInterface", "Python.flashInterface", 0x40022000);
        add("pwr", "Python.pwr", 0x40007000);
        add("lpuart1", "UART.STM32F7_USART", 0x40008000, {{"lowPowerMode", true}});
        add("usart1", "UART.STM32F7_USART", 0x40013800);
        add("tim2", "Timers.STM32_Timer", 0x40000000, {{"initialLimit", i64{0xFFFFFFFF}}});
        add("tim6", "Timers.STM32_Timer", 0x40001000);
        add("gpioa", "GPIOPort.STM32_GPIOPort", 0x48000000);
        add("syscfg", "Miscellaneous.STM32_SYSCFG", 0x40010000);
        add("exti", "IRQControllers.STM32F4_EXTI", 0x40010400);
        add("crc", "CRC.STM32_CRC", 0x40023000);
        add("rng", "Miscellaneous.STM32F4_RNG", 0x50060800);
        add("tim1", "Timers.STM32_Timer", 0x40012C00, {{"channels", i64{6}}, {"hasBreak", true}});
        add("dma1", "DMA.STM32L4_DMA", 0x40020000);
        add("dmamux1", "DMA.STM32L4_DMAMUX", 0x40020800);
        add("rtc", "Timers.STM32L4_RTC", 0x40002800);
        add("adc1", "Analog.STM32L4_ADC", 0x50040000);
        add("dac1", "Analog.STM32L4_DAC", 0x40007400);
        add("lptim1", "Timers.STM32L4_LPTIM", 0x40007C00);
        add("iwdg", "Timers.STM32_IndependentWatchdog", 0x40003000);
        add("wwdg", "Timers.STM32L4_WindowWatchdog", 0x40002C00);
        add("i2c1", "I2C.STM32F7_I2C", 0x40005400);
        add("spi1", "SPI.STM32SPI", 0x40013000, {{"loopback", true}});
        add("can1", "CAN.STMCAN", 0x40006400);
        add("opamp", "Analog.STM32L4_OPAMP", 0x40007800);
        add("comp", "Analog.STM32L4_COMP", 0x40011000);
        add("dma2d", "Video.STM32_DMA2D", 0x4002B000);
        add("otg_fs", "USB.STM32L4_OTG_FS", 0x50000000);
        add("sdmmc1", "SD.STM32SDMMC", 0x50062400);
        add("octospi1", "SPI.STM32_OCTOSPI", 0xA0001000);
        for (int channel = 0; channel < 7; ++channel) {
            machine.connect("dmamux1", std::to_string(channel), "dma1", channel + 1);
            machine.connect("dma1", std::to_string(21 + channel), "dmamux1", 256 + channel);
        }
        machine.connect("spi1", "dma_tx", "dmamux1", 11);
        machine.connect("adc1", "1", "dmamux1", 5);
        machine.connect("rtc", "3", "pwr", 8);
        machine.add_bit_band(0x42000000, 0x2000000, 0x40000000);
        machine.add_bit_band(0x22000000, 0x2000000, 0x20000000);
        machine.connect("usart1", "IRQ", "nvic", 37);
        machine.connect("lpuart1", "IRQ", "nvic", 70);
        machine.connect("tim2", "", "nvic", 28);
        machine.connect("tim6", "", "nvic", 54);
        machine.watch_uart("lpuart1");
        machine.watch_pin("gpioa", 5);
        machine.configure("tier", std::string(tier));
    }
};

u32 pick_address(Generator& random) {
    static constexpr u32 bases[] = {
        0x08000000, 0x20000000, 0x2000FFC0, 0x40021000, 0x40022000, 0x40007000, 0x40008000,
        0x40013800, 0x40000000, 0x40001000, 0x48000000, 0x40010000, 0x40010400, 0x40023000,
        0x50060800, 0xE000E000, 0xE000E100, 0xE000ED00, 0xE0001000, 0xE000EF30, 0x42000000,
        0x22000000, 0xFFFFFFE0, 0x00000000, 0x40012C00, 0x40020000, 0x40020800, 0x40002800,
        0x50040000, 0x40007400, 0x40007C00, 0x40003000, 0x40002C00, 0x40005400, 0x40013000};
    return bases[random() % std::size(bases)] + random() % 0x100;
}

/// Code as random as can be, or one that mostly loads, stores and computes with addresses that
/// mean something in its registers.
std::string image(Generator& random) {
    std::string bytes;
    const auto half = [&bytes](u32 value) {
        if ((value & 0xFF00) == 0xBE00) // BKPT ends it all
            value = 0xBF00;
        bytes.push_back(static_cast<char>(value & 0xFF));
        bytes.push_back(static_cast<char>(value >> 8 & 0xFF));
    };
    const bool noise = random() % 4 == 0;
    for (unsigned i = 0; i < 512; ++i) {
        const u32 kind = noise ? 9 : random() % 10;
        if (kind < 2) { // movw, movt: an address
            const u32 reg = random() % 8;
            const u32 address = pick_address(random);
            for (const u32 part : {address & 0xFFFF, address >> 16}) {
                const u32 opcode = part == (address & 0xFFFF) ? 0xF240u : 0xF2C0u;
                half(opcode | (part >> 11 & 1) << 10 | part >> 12);
                half((part >> 8 & 7) << 12 | reg << 8 | (part & 0xFF));
            }
        } else if (kind < 5) {
            half(0x5000 + random() % 0x5000); // loads and stores
        } else if (kind < 7) {
            half(random() % 0x5000);
        } else if (kind < 8) {
            half(0xE800 + random() % 0x1800);
            half(random());
        } else {
            half(random());
        }
    }
    return bytes;
}

} // namespace

int main(int count, char** arguments) {
    const unsigned images = count > 1 ? static_cast<unsigned>(std::atoi(arguments[1])) : 200;
    const unsigned seed = count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 1;
    static constexpr const char* tiers[] = {"T0", "T1", "T2", "T3"};
    unsigned stops[8] = {};
    std::unique_ptr<FuzzBoard> board;
    for (unsigned number = 0; number < images; ++number) {
        Generator random(seed * 1'000'003 + number);
        if (number % 16 == 0)
            board = std::make_unique<FuzzBoard>(tiers[number / 16 % 4]);
        board->machine.load(TestBoard::main_program, image(random));
        // Handlers and SRAM are noise too.
        board->machine.load(0x08002000, image(random));
        board->machine.load(0x20000000, image(random));
        for (unsigned exception = 2; exception < 96; ++exception)
            if (random() % 2 == 0)
                board->set_word(0x08000000 + 4 * exception, 0x08002000 + (random() % 0x400 | 1));
        // A fault that steps over its instruction lets the rest of the program have its turn.
        board->place(skip, {0x9806, 0x3002, 0x9006, 0x4770});
        if (random() % 8 != 0)
            for (unsigned exception = 3; exception < 7; ++exception)
                board->set_word(0x08000000 + 4 * exception, skip | 1);
        board->set_word(0x08000000, TestBoard::stack);
        board->set_word(0x08000004, TestBoard::main_program | 1);
        board->start();
        const u8 input[] = {'n', 'a', 'm', 'e', '%'};
        board->machine.uart("lpuart1").host_sends(input, sizeof input);
        board->machine.uart("usart1").host_sends(input, sizeof input);
        const Cycles until = board->machine.core.cycles + one_ms;
        Stop stop = Stop::budget;
        for (unsigned slice = 0; slice < 4 && stop == Stop::budget; ++slice)
            stop = board->machine.run(one_ms / 4, false);
        ++stops[static_cast<unsigned>(stop)];
        if (board->machine.core.cycles > until + one_ms) {
            std::printf("image %u of seed %u: ran on\n", number, seed);
            return 1;
        }
        if (number % 8 == 0) {
            const std::string state = board->machine.snapshot();
            board->machine.restore(state);
            const std::string again = board->machine.snapshot();
            if (again != state) {
                const auto at = std::mismatch(state.begin(), state.end(), again.begin());
                std::printf("image %u of seed %u: restored to another state, from byte %td on\n",
                            number, seed, at.first - state.begin());
                return 1;
            }
        }
    }
    std::printf("%u random images, 1 ms each: %u ran, %u faulted, %u slept, %u ended\n", images,
                stops[0], stops[3], stops[5], stops[4]);
    return 0;
}
