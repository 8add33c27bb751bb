"""Clocks, resets and the causes of resets (RM0432 section 6)."""

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
