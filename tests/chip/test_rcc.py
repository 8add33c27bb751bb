"""Clocks, resets and the causes of resets (RM0432 section 6)."""

import pytest

from .board import Chip

_DBP, _BDRST, _RMVF = 1 << 8, 1 << 16, 1 << 23
_AIRCR, _SYSRESETREQ = 0xE000ED0C, 0x05FA0004


def _request_reset(chip: Chip) -> None:
    chip.machine.bus_write(_AIRCR, _SYSRESETREQ)
    chip.machine.run(1000)


def _causes(chip: Chip) -> set[str]:
    fields = chip.registers["RCC_CSR"].fields
    return {name for name in fields if name.endswith("RSTF") and chip.field("RCC_CSR", name)}


def test_csr_shows_what_reset_the_chip_until_it_is_told_to_forget() -> None:
    chip = Chip()
    assert _causes(chip) == {"PINRSTF", "BORRSTF"}
    chip["RCC_CSR"] |= _RMVF
    assert _causes(chip) == set()
    _request_reset(chip)
    assert _causes(chip) == {"PINRSTF", "SFTRSTF"}
    _request_reset(chip)
    assert chip.field("RCC_CSR", "RMVF") == 0


def test_a_system_reset_leaves_the_backup_domain_alone() -> None:
    chip = Chip()
    chip.enable("PWR")
    chip["RCC_BDCR"] = 1
    assert chip["RCC_BDCR"] == 0, "protected until PWR_CR1.DBP is set"
    chip["PWR_CR1"] |= _DBP
    chip["RCC_BDCR"] = 1 | 1 << 8
    chip["RCC_CFGR"] = 1 << 15
    _request_reset(chip)
    assert chip["RCC_CFGR"] == 0
    assert chip["RCC_BDCR"] == 1 | 1 << 8 | 1 << 1
    chip.enable("PWR")
    chip["PWR_CR1"] |= _DBP
    chip["RCC_BDCR"] = _BDRST
    chip["RCC_BDCR"] = 0
    assert chip["RCC_BDCR"] == 0
    chip.machine.reset()
    assert _causes(chip) == {"PINRSTF", "BORRSTF"}


def test_an_oscillator_that_becomes_ready_asks_for_an_interrupt() -> None:
    chip = Chip()
    chip["RCC_CR"] |= 1 << 8
    assert not chip.pends(5)
    chip["RCC_CR"] &= ~(1 << 8)
    chip["RCC_CIER"] = 1 << 3
    chip["RCC_CR"] |= 1 << 8
    assert chip["RCC_CIFR"] == 1 << 3
    assert chip.pends(5)
    chip["RCC_CICR"] = 1 << 3
    assert chip["RCC_CIFR"] == 0


def test_a_peripheral_without_a_clock_reads_as_zero_and_is_reported() -> None:
    chip = Chip(strict=True)
    chip["TIM2_ARR"] = 5
    assert chip["TIM2_ARR"] == 0
    assert chip.reports() == ["unclocked tim2"]
    chip.enable("TIM2")
    assert chip["TIM2_ARR"] == 0xFFFFFFFF


def _show(chip: Chip, source: int, divider: int = 0) -> None:
    """Put a clock on PA8, which is MCO as its alternate function 0."""
    chip["GPIOA_MODER"] = (chip["GPIOA_MODER"] & ~(3 << 16)) | 2 << 16
    chip["RCC_CFGR"] = source << 24 | divider << 28


def _rising_edges(chip: Chip, cycles: int) -> int:
    chip.machine.watch_pin("gpioa", 8)
    chip.machine.pin_events()
    chip.run(cycles)
    return sum(event.level for event in chip.machine.pin_events())


@pytest.mark.parametrize(
    ("source", "divider", "hz"),
    [
        (1, 1, 2_000_000),
        (1, 4, 250_000),
        (2, 2, 1_000_000),
        (3, 3, 2_000_000),
        (6, 0, 32_000),
        (7, 0, 32_768),
        (8, 0, 0),
    ],
    ids=["SYSCLK", "SYSCLK/16", "MSI", "HSI16", "LSI", "LSE", "HSI48 off"],
)
def test_a_clock_is_shown_on_its_pin(source: int, divider: int, hz: int) -> None:
    chip = Chip()
    chip.enable("PWR", "GPIOA")
    chip["PWR_CR1"] |= _DBP
    chip["RCC_CR"] |= 1 << 8
    chip["RCC_BDCR"] = 1
    chip["RCC_CSR"] |= 1
    _show(chip, source, divider)
    assert abs(_rising_edges(chip, 40_000) - hz / 100) <= 1
    assert chip.reports() == []


def test_the_shown_clock_follows_its_oscillator() -> None:
    chip = Chip()
    chip.enable("GPIOA")
    _show(chip, 6)
    assert _rising_edges(chip, 400_000) == 0
    chip["RCC_CSR"] |= 1
    assert abs(_rising_edges(chip, 400_000) - 3200) <= 1
    chip["RCC_CR"] |= 1 << 8
    chip["RCC_CFGR"] |= 1  # the core runs four times as fast
    assert abs(_rising_edges(chip, 400_000) - 800) <= 1


def test_a_clock_too_fast_for_the_pin_is_reported() -> None:
    chip = Chip()
    chip.enable("GPIOA")
    _show(chip, 1)
    assert _rising_edges(chip, 1000) == 0
    assert chip.reports() == ["unmodelled RCC_CFGR.MCOSEL"]


@pytest.mark.parametrize(("switch", "enables"), [(0, 1 << 0), (1, 1 << 8), (2, 1 << 16)])
def test_the_oscillator_that_drives_the_core_stays_on(switch: int, enables: int) -> None:
    chip = Chip()
    chip["RCC_CR"] |= 1 << 0 | 1 << 8 | 1 << 16
    chip["RCC_CFGR"] = switch
    chip["RCC_CR"] = 0x60
    assert chip["RCC_CR"] & (1 << 0 | 1 << 8 | 1 << 16) == enables


def test_so_do_the_pll_and_what_drives_it() -> None:
    chip = Chip()
    chip["RCC_PLLCFGR"] = 2 | 1 << 4 | 10 << 8 | 1 << 24  # HSI16 / 2 x 10 / 2
    chip["RCC_CR"] |= 1 << 8 | 1 << 24
    chip["RCC_CFGR"] = 3
    chip["RCC_CR"] = 0x60
    assert chip["RCC_CR"] & (1 << 0 | 1 << 8 | 1 << 24) == 1 << 8 | 1 << 24
    chip["RCC_CFGR"] = 0
    chip["RCC_CR"] &= ~(1 << 8 | 1 << 24)
    assert chip["RCC_CR"] & (1 << 0 | 1 << 8 | 1 << 24) == 1 << 0


def test_switching_to_an_oscillator_that_is_off_starts_it() -> None:
    chip = Chip()
    chip["RCC_CFGR"] = 1
    assert chip["RCC_CR"] & 1 << 8
