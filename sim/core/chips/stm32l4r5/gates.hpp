#pragma once

#include "../../types.hpp"

#include <map>
#include <string>

namespace tinysim {

/// Where RCC enables a peripheral's bus clock; the bit of the same number 0x20 before it resets
/// the peripheral (RM0432 6.4.9 to 6.4.21).
struct Gate {
    u32 offset; ///< of the enable register
    unsigned bit;
    bool resets = true;
};

inline constexpr u32 ahb1enr = 0x48, ahb2enr = 0x4C, ahb3enr = 0x50, apb1enr1 = 0x58,
                     apb1enr2 = 0x5C, apb2enr = 0x60;

inline const std::map<std::string, Gate>& gates() {
    static const std::map<std::string, Gate> table = {
        {"dma1", {ahb1enr, 0}},
        {"dma2", {ahb1enr, 1}},
        {"dmamux1", {ahb1enr, 2}},
        {"crc", {ahb1enr, 12}},
        {"tsc", {ahb1enr, 16}},
        {"dma2d", {ahb1enr, 17}},
        {"gpioa", {ahb2enr, 0}},
        {"gpiob", {ahb2enr, 1}},
        {"gpioc", {ahb2enr, 2}},
        {"gpiod", {ahb2enr, 3}},
        {"gpioe", {ahb2enr, 4}},
        {"gpiof", {ahb2enr, 5}},
        {"gpiog", {ahb2enr, 6}},
        {"gpioh", {ahb2enr, 7}},
        {"gpioi", {ahb2enr, 8}},
        {"otg_fs", {ahb2enr, 12}},
        {"adc1", {ahb2enr, 13}},
        {"rng", {ahb2enr, 18}},
        {"octospim", {ahb2enr, 20}},
        {"sdmmc1", {ahb2enr, 22}},
        {"octospi1", {ahb3enr, 8}},
        {"octospi2", {ahb3enr, 9}},
        {"tim2", {apb1enr1, 0}},
        {"tim3", {apb1enr1, 1}},
        {"tim4", {apb1enr1, 2}},
        {"tim5", {apb1enr1, 3}},
        {"tim6", {apb1enr1, 4}},
        {"tim7", {apb1enr1, 5}},
        {"rtc", {apb1enr1, 10, false}},
        {"wwdg", {apb1enr1, 11, false}},
        {"spi2", {apb1enr1, 14}},
        {"spi3", {apb1enr1, 15}},
        {"usart2", {apb1enr1, 17}},
        {"usart3", {apb1enr1, 18}},
        {"uart4", {apb1enr1, 19}},
        {"uart5", {apb1enr1, 20}},
        {"i2c1", {apb1enr1, 21}},
        {"i2c2", {apb1enr1, 22}},
        {"i2c3", {apb1enr1, 23}},
        {"crs", {apb1enr1, 24}},
        {"can1", {apb1enr1, 25}},
        {"pwr", {apb1enr1, 28}},
        {"dac1", {apb1enr1, 29}},
        {"opamp", {apb1enr1, 30}},
        {"lptim1", {apb1enr1, 31}},
        {"lpuart1", {apb1enr2, 0}},
        {"i2c4", {apb1enr2, 1}},
        {"lptim2", {apb1enr2, 5}},
        {"syscfg", {apb2enr, 0}},
        {"vrefbuf", {apb2enr, 0}},
        {"comp", {apb2enr, 0}},
        {"tim1", {apb2enr, 11}},
        {"spi1", {apb2enr, 12}},
        {"tim8", {apb2enr, 13}},
        {"usart1", {apb2enr, 14}},
        {"tim15", {apb2enr, 16}},
        {"tim16", {apb2enr, 17}},
        {"tim17", {apb2enr, 18}},
        {"sai1", {apb2enr, 21}},
        {"sai2", {apb2enr, 22}},
        {"firewall", {apb2enr, 7, false}},
    };
    return table;
}

} // namespace tinysim
