// What is quick against what is plain, on random programs: code of the host, remembered timings and
// rounds of loops added up against the handlers and the pipeline worked out cycle by cycle.
// core_differential [INSTRUCTIONS] [SEED] [FIRST]
#include "board.hpp"
#include "random_program.hpp"

#include <cstdio>
#include <cstdlib>

using namespace tinysim;

namespace {

constexpr u32 program = 0x08004000;
constexpr u32 sram2 = 0x20010000;
constexpr u32 flash_data = 0x0800E000;
constexpr u32 ticks = 0x20003000; ///< counted by SysTick's handler
constexpr u32 port = 0x40004400;
constexpr u32 timer = 0x40000000;
constexpr u32 cycle_counter = 0xE0001004;

struct Rival : TestBoard {
    Rival(const char* tier, bool quick) {
        machine.add_memory("sram2", "sram", {sram2, 0x10000000}, 0x8000);
        machine.add_peripheral("flashInterface", "Python.flashInterface", 0x40022000, {}, {});
        machine.add_peripheral("gpioa", "GPIOPort.STM32_GPIOPort", 0x48000000, {}, {});
        machine.add_peripheral("tim2", "Timers.STM32_Timer", timer, {},
                               {{"initialLimit", i64{0xFFFFFFFF}}});
        machine.add_peripheral("usart2", "UART.STM32F7_USART", port, {}, {});
        machine.add_bus("apb1", 0x40000000, 0x8000, 1);
        machine.add_bit_band(0x22000000, 0x200000, 0x20000000);
        machine.configure("tier", std::string(tier));
        machine.configure("timing.memoise", quick);
        machine.configure("translate", i64{quick ? 1 : 0});
        machine.configure("add_rounds", quick);
        machine.configure("bus.arbitration", i64{1});
    }

    /// Begins a program with interrupts, wait states and caches as `random` has them.
    void begin(const std::string& code, const std::string& data, std::mt19937 random) {
        machine.load(program, code);
        machine.load(flash_data, data);
        machine.load(TestBoard::data, data);
        machine.load(sram2, data);
        set_word(0x08000004, program | 1);
        // What faults is stepped over; SysTick's handler pushes, counts, pops and returns.
        place(0x08003F00, {0x9806, 0x3002, 0x9006, 0x4770});
        for (unsigned number = 3; number < 7; ++number)
            set_word(0x08000000 + 4 * number, 0x08003F01);
        handle(15,
               {0xB570, 0xF243, 0x0400, 0xF2C2, 0x0400, 0x6825, 0x3501, 0x6025, 0x1925, 0xBD70});
        start();
        machine.tiers.cycle_model.pipeline.matrix.apb_divider = {4, 2};
        const u32 settings[] = {0x705, 0x705, 0x605, 0x104, 0x502, 0x000, 0x700, 0x601, 0x302};
        machine.bus_write(0x40022000, settings[random() % std::size(settings)], 4);
        machine.bus_write(timer, 1, 4);
        machine.bus_write(0xE000EDFC, 1u << 24, 4); // DEMCR.TRCENA
        machine.bus_write(cycle_counter - 4, 1, 4); // DWT_CTRL.CYCCNTENA
        machine.bus_write(port + 0x0C, 16 + static_cast<u32>(random() % 500), 4);
        machine.bus_write(port, 0xD, 4);
        machine.bus_write(0xE000ED88, 0x00F00000, 4);
        machine.bus_write(0xE000E014, 400 + static_cast<u32>(random() % 5000), 4);
        machine.bus_write(0xE000E010, 7, 4);
        for (unsigned reg = 0; reg < 13; ++reg)
            machine.core.r[reg] = static_cast<u32>(random());
    }
};

bool agree(Rival& quick, Rival& plain, const char* tier, unsigned number) {
    const Core& one = quick.machine.core;
    const Core& other = plain.machine.core;
    const char* wrong = nullptr;
    if (one.r != other.r || one.pc != other.pc || one.s != other.s)
        wrong = "registers";
    else if (one.xpsr() != other.xpsr())
        wrong = "flags";
    else if (one.cycles != other.cycles || one.instructions != other.instructions)
        wrong = "cycles or instructions";
    else if (quick.machine.counters() != plain.machine.counters())
        wrong = "counters";
    else if (quick.machine.read_memory(TestBoard::data, 0x10000) !=
                 plain.machine.read_memory(TestBoard::data, 0x10000) ||
             quick.machine.read_memory(sram2, 0x8000) != plain.machine.read_memory(sram2, 0x8000))
        wrong = "memory";
    if (!wrong)
        return true;
    std::printf("program %u, tier %s: other %s at instruction %llu: pc %08x and %08x, cycle %llu "
                "and %llu\n",
                number, tier, wrong, static_cast<unsigned long long>(one.instructions), one.pc,
                other.pc, static_cast<unsigned long long>(one.cycles),
                static_cast<unsigned long long>(other.cycles));
    const auto counters = plain.machine.counters();
    for (const auto& [name, value] : quick.machine.counters())
        if (const auto found = counters.find(name);
            found == counters.end() || found->second != value)
            std::printf(
                "  %s: %llu, not %llu\n", name.c_str(), static_cast<unsigned long long>(value),
                static_cast<unsigned long long>(found == counters.end() ? 0 : found->second));
    return false;
}

} // namespace

int main(int count, char** arguments) {
    const u64 wanted = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000;
    const u32 seed = count > 2 ? static_cast<u32>(std::atoi(arguments[2])) : 1;
    static constexpr const char* tiers[] = {"T3", "T3", "T3", "T2"};
    static const std::vector<u32> places = {TestBoard::data + 0x1000,
                                            TestBoard::data + 0x1F80,
                                            sram2 + 0x100,
                                            0x10000200,
                                            flash_data + 0x100,
                                            flash_data + 0x800,
                                            0x22004000,
                                            0x48000014,
                                            0x40000024,
                                            TestBoard::data + 0xFF00,
                                            sram2 - 0x80};
    u64 instructions = 0;
    u64 faults = 0;
    unsigned number = count > 3 ? static_cast<unsigned>(std::atoi(arguments[3])) : 0;
    for (; instructions < wanted; ++number) {
        std::mt19937 random(seed * 1'000'003 + number);
        const char* const tier = tiers[number % std::size(tiers)];
        Rival quick(tier, true);
        Rival plain(tier, false);
        const RandomProgram code(random, program, places,
                                 {ticks, port, {timer + 0x24, cycle_counter}});
        std::string data;
        for (unsigned i = 0; i < 0x1000; ++i)
            data.push_back(static_cast<char>(random()));
        quick.begin(code.bytes(), data, random);
        plain.begin(code.bytes(), data, random);
        // Long ones find what is remembered wrongly, many short ones what an instruction does.
        const Cycles longest = number % 16 < 4 ? 40'000 : 3'000;
        for (unsigned slice = 0; slice < 8; ++slice) {
            const Cycles cycles = 200 + random() % longest;
            if (quick.machine.run(cycles, false) != plain.machine.run(cycles, false) ||
                !agree(quick, plain, tier, number)) {
                std::printf("seed %u\n", seed);
                return 1;
            }
        }
        instructions += quick.machine.core.instructions;
        for (unsigned exception = 3; exception < 7; ++exception)
            faults += quick.machine.core.exception_counts[exception];
    }
    std::printf("%u random programs, %llu instructions, %llu faults: the same to the cycle\n",
                number, static_cast<unsigned long long>(instructions),
                static_cast<unsigned long long>(faults));
    return 0;
}
