"""Random numbers, which need their clock (RM0432 section 31)."""

import pytest

from .board import Chip

_RNGEN, _IE, _CED = 1 << 2, 1 << 3, 1 << 5
_DRDY, _CECS, _CEIS = 1 << 0, 1 << 1, 1 << 5
_MSI, _PLL = 3 << 26, 2 << 26
_HSI48ON = 1
_INTERRUPT = 80


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("RNG", "PWR")
    return made


def test_without_its_clock_no_number_comes(chip: Chip) -> None:
    chip["RNG_CR"] = _RNGEN
    assert chip["RNG_SR"] == _CECS | _CEIS
    assert chip["RNG_DR"] == 0
    chip["RCC_CRRCR"] = _HSI48ON
    assert chip["RNG_SR"] == _DRDY | _CEIS
    chip["RNG_SR"] = 0
    assert chip["RNG_SR"] == _DRDY
    assert chip["RNG_DR"] != chip["RNG_DR"]


def test_msi_and_the_plls_are_clocks_too(chip: Chip) -> None:
    chip["RNG_CR"] = _RNGEN
    chip["RCC_CCIPR"] = _MSI
    assert chip["RNG_SR"] & _DRDY
    chip["RCC_CCIPR"] = _PLL
    assert not chip["RNG_SR"] & _DRDY
    chip["RCC_PLLCFGR"] = 1 | 24 << 8 | 1 << 20  # MSI x24 / 2: 48 MHz, PLLQEN
    assert not chip["RNG_SR"] & _DRDY
    chip["RCC_CR"] |= 1 << 24
    assert chip["RNG_SR"] & _DRDY


def test_a_clock_far_slower_than_the_bus_is_an_error(chip: Chip) -> None:
    chip["RCC_CR"] = chip["RCC_CR"] & ~0xF0 | 1 << 3  # MSI at 100 kHz
    chip["RCC_CCIPR"] = _MSI
    chip["RCC_CR"] |= 1 << 8
    chip["RCC_CFGR"] = 1  # the bus runs from HSI16
    chip["RNG_CR"] = _RNGEN
    assert chip["RNG_SR"] & _CECS
    chip["RNG_CR"] = _RNGEN | _CED
    assert not chip["RNG_SR"] & _CECS


def test_numbers_and_errors_ask_for_the_interrupt(chip: Chip) -> None:
    chip["RNG_CR"] = _IE
    assert not chip.pends(_INTERRUPT)
    chip["RCC_CRRCR"] = _HSI48ON
    chip["RNG_CR"] = _RNGEN | _IE
    assert chip.pends(_INTERRUPT)
