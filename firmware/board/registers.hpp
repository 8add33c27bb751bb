#pragma once

#include <cstdint>

/// Registers of the STM32L4R5 that this firmware uses (RM0432), by the manual's names.
namespace board {

/// A 32-bit register; reading and writing it are volatile accesses.
template <std::uint32_t Address> struct Register {
    static volatile std::uint32_t& access() {
        return *reinterpret_cast<volatile std::uint32_t*>(Address);
    }
    operator std::uint32_t() const { return access(); }
    void operator=(std::uint32_t value) const { access() = value; }
    void operator|=(std::uint32_t bits) const { access() = access() | bits; }
    void operator&=(std::uint32_t bits) const { access() = access() & bits; }
};

namespace rcc {
inline constexpr std::uint32_t base = 0x40021000;
inline constexpr Register<base + 0x00> cr;
inline constexpr Register<base + 0x08> cfgr;
inline constexpr Register<base + 0x0C> pllcfgr;
inline constexpr Register<base + 0x48> ahb1enr;
inline constexpr Register<base + 0x4C> ahb2enr;
inline constexpr Register<base + 0x58> apb1enr1;
inline constexpr Register<base + 0x5C> apb1enr2;
inline constexpr Register<base + 0x60> apb2enr;
} // namespace rcc

namespace pwr {
inline constexpr std::uint32_t base = 0x40007000;
inline constexpr Register<base + 0x04> cr2;
inline constexpr Register<base + 0x80> cr5;
} // namespace pwr

namespace flash {
inline constexpr Register<0x40022000> acr;
}

namespace gpiob {
inline constexpr std::uint32_t base = 0x48000400;
inline constexpr Register<base + 0x00> moder;
inline constexpr Register<base + 0x18> bsrr;
} // namespace gpiob

namespace gpioe {
inline constexpr std::uint32_t base = 0x48001000;
inline constexpr Register<base + 0x00> moder;
inline constexpr Register<base + 0x18> bsrr;
inline constexpr Register<base + 0x20> afrl;
} // namespace gpioe

namespace gpiof {
inline constexpr std::uint32_t base = 0x48001400;
inline constexpr Register<base + 0x00> moder;
inline constexpr Register<base + 0x18> bsrr;
} // namespace gpiof

namespace gpiog {
inline constexpr std::uint32_t base = 0x48001800;
inline constexpr Register<base + 0x00> moder;
inline constexpr Register<base + 0x20> afrl;
inline constexpr Register<base + 0x24> afrh;
} // namespace gpiog

namespace lpuart1 {
inline constexpr std::uint32_t base = 0x40008000;
inline constexpr Register<base + 0x00> cr1;
inline constexpr Register<base + 0x0C> brr;
inline constexpr Register<base + 0x1C> isr;
inline constexpr Register<base + 0x20> icr;
inline constexpr Register<base + 0x24> rdr;
inline constexpr Register<base + 0x28> tdr;
inline constexpr Register<base + 0x2C> presc;
} // namespace lpuart1

namespace tim5 {
inline constexpr std::uint32_t base = 0x40000C00;
inline constexpr Register<base + 0x00> cr1;
inline constexpr Register<base + 0x14> egr;
inline constexpr Register<base + 0x24> cnt;
inline constexpr Register<base + 0x28> psc;
inline constexpr Register<base + 0x2C> arr;
} // namespace tim5

namespace dma1 {
inline constexpr std::uint32_t base = 0x40020000;
inline constexpr Register<base + 0x04> ifcr;
inline constexpr Register<base + 0x08> ccr1;
inline constexpr Register<base + 0x0C> cndtr1;
inline constexpr Register<base + 0x10> cpar1;
inline constexpr Register<base + 0x14> cmar1;
} // namespace dma1

namespace dmamux1 {
inline constexpr Register<0x40020800> c0cr;
}

namespace sai1_a {
inline constexpr std::uint32_t base = 0x40015400;
inline constexpr Register<base + 0x04> cr1;
inline constexpr Register<base + 0x08> cr2;
inline constexpr Register<base + 0x0C> frcr;
inline constexpr Register<base + 0x10> slotr;
inline constexpr std::uint32_t dr_address = base + 0x20;
} // namespace sai1_a

namespace systick {
inline constexpr Register<0xE000E010> csr;
inline constexpr Register<0xE000E014> rvr;
inline constexpr Register<0xE000E018> cvr;
} // namespace systick

namespace nvic {
inline constexpr Register<0xE000E100> iser0;
inline constexpr Register<0xE000E108> iser2;
/// The priority of an interrupt; four bits, the upper ones, count.
inline volatile std::uint8_t& ipr(unsigned interrupt) {
    return *reinterpret_cast<volatile std::uint8_t*>(0xE000E400 + interrupt);
}
} // namespace nvic

namespace scb {
inline constexpr Register<0xE000ED04> icsr;
inline constexpr Register<0xE000ED20> shpr3;
inline constexpr Register<0xE000ED88> cpacr;
} // namespace scb

} // namespace board
