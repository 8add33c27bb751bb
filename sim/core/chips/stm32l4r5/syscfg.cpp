#include "syscfg.hpp"

#include "../../memory/bus.hpp"

#include <algorithm>
#include <iterator>

namespace tinysim {
namespace {

using enum Bits;

RegisterMap registers() {
    return {
        {0x00, "MEMRMP", 0, {{"MEM_MODE", 2, 0}, {"FB_MODE", 8}}},
        {0x04,
         "CFGR1",
         0x7C000001,
         {{"FWDIS", 0, unmodelled},
          {"BOOSTEN", 8, stored},
          {"ANASWVDD", 9, stored},
          {"I2C_FMP", 23, 16, stored},
          {"FPU_IE", 31, 26, stored}}},
        {0x08, "EXTICR1", 0, modelled, 16},
        {0x0C, "EXTICR2", 0, modelled, 16},
        {0x10, "EXTICR3", 0, modelled, 16},
        {0x14, "EXTICR4", 0, modelled, 16},
        {0x18, "SCSR", 0, {{"SRAM2ER", 0, order}, {"SRAM2BSY", 1, status}}},
        {0x1C,
         "CFGR2",
         0,
         {{"CLL", 0, stored},
          {"SPL", 1, stored},
          {"PVDL", 2, stored},
          {"ECCL", 3, stored},
          {"SPF", 8, clear_by_1}}},
        {0x20, "SWPR", 0, stored},
        {0x24, "SKR", 0, order},
        {0x28, "SWPR2", 0, stored},
    };
}

const Registered model{"Miscellaneous.STM32_SYSCFG", make<Syscfg>};

constexpr u32 memrmp = 0x00, exticr1 = 0x08, scsr = 0x18, skr = 0x24;
constexpr u32 sram2er = 1u << 0;
constexpr u32 first_key = 0xCA, second_key = 0x53;
constexpr u32 memrmp_fb_mode = 1u << 8;

/// What is seen at address 0 by MEM_MODE.
constexpr const char* at_zero[] = {"flash", "systemMemory", "", "sram1", "", "", "", ""};

} // namespace

Syscfg::Syscfg(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}

void Syscfg::boot_from_bank_2() {
    at(memrmp) |= memrmp_fb_mode;
    remap();
}

bool Syscfg::shows(const std::string& memory) {
    return std::find(std::begin(at_zero), std::end(at_zero), memory) != std::end(at_zero);
}

void Syscfg::boot_from(const std::string& memory) {
    const auto* const found = std::find(std::begin(at_zero), std::end(at_zero), memory);
    at(memrmp) = (at(memrmp) & ~7u) | static_cast<u32>(found - std::begin(at_zero));
    remap();
}

void Syscfg::remap() {
    Bus& bus = around.memory();
    Memory* const flash = bus.memory("flash");
    Memory* const wanted = bus.memory(at_zero[at(memrmp) & 7]);
    if (!wanted && (at(memrmp) & 7) == 0)
        return; // a board whose flash has another name is as it was put together
    if (!wanted)
        return around.report("unmodelled", "SYSCFG_MEMRMP.MEM_MODE", memrmp, true);
    if (flash && flash->swapped != has(memrmp, memrmp_fb_mode)) {
        bus.swap_halves(*flash, has(memrmp, memrmp_fb_mode));
        remapped();
    }
    u32 place = 0;
    if (bus.memory_at(0, place) != wanted) {
        bus.show(*wanted, 0);
        remapped();
    }
}

void Syscfg::input(int line, bool level) {
    const u32 port = static_cast<u32>(line) / 16;
    const u32 pin = static_cast<u32>(line) % 16;
    const u32 mask = 1u << pin;
    if (port >= std::size(levels_))
        return;
    levels_[port] = static_cast<u16>((levels_[port] & ~mask) | (level ? mask : 0));
    if (selected(pin) == port)
        drive(static_cast<int>(pin), level);
}

/// At once, so SRAM2BSY is never seen (RM0432 9.2.7).
void Syscfg::erase_sram2() {
    erasable_ = false;
    if (Memory* const sram2 = around.memory().memory("sram2")) {
        std::fill(sram2->bytes.begin(), sram2->bytes.end(), u8{0});
        remapped();
    }
}

/// Another port at a line, if its level is another one, is an edge.
void Syscfg::written(u32 offset, u32 value) {
    if (offset == memrmp)
        remap();
    if (offset == skr) {
        erasable_ = last_key_ == first_key && (value & 0xFF) == second_key;
        last_key_ = value & 0xFF;
    }
    if (offset == scsr && (value & sram2er) != 0 && erasable_)
        erase_sram2();
    if (offset >= exticr1 && offset < exticr1 + 16)
        drive_pins(offset - exticr1, offset - exticr1 + 4);
}

void Syscfg::after_reset() {
    remap();
    drive_pins(0, 16);
}

void Syscfg::fields(State& state) {
    RegisterBlock::fields(state);
    state(last_key_);
    state(erasable_);
    state.outside(levels_);
}

u32 Syscfg::selected(u32 pin) const { return at(exticr1 + pin / 4 * 4) >> 4 * (pin % 4) & 15; }

void Syscfg::drive_pins(u32 first, u32 end) {
    for (u32 pin = first; pin < end; ++pin)
        if (const u32 port = selected(pin); port < std::size(levels_))
            drive(static_cast<int>(pin), (levels_[port] >> pin & 1) != 0);
}

} // namespace tinysim
