"""What every declared register does, whichever peripheral it belongs to."""

import re

import pytest

from tinysim._core import CoreError

from .board import Chip

_DIRTY = (0x5A5A5A5A, 0xFFFFFFFF, 0xA5A5A5A5)
_MEANT_TO_STAY = ("RCC_", "FLASHINTERFACE_", "PWR_", "EXTI_", "RTC_", "IWDG_", "WWDG_", "FIREWALL_")
"""No reset bit, or one that works under conditions of its own."""
_RESETS = ("RCC_A",)


def _follows_pins(name: str) -> bool:
    return name.endswith("_IDR") and name.startswith("GPIO")


def test_every_register_starts_with_its_reset_value() -> None:
    chip = Chip()
    chip.enable_all()
    for name, register in chip.registers.items():
        if not name.startswith(_RESETS) and not _follows_pins(name):
            assert chip[name] & register.writable == register.reset & register.writable, name


def test_a_reset_bit_undoes_whatever_was_written() -> None:
    chip = Chip()
    chip.enable_all()
    before = {name: chip[name] for name in chip.registers if not name.startswith("RCC_")}
    for value in _DIRTY:
        for name in chip.registers:
            if not name.startswith(_MEANT_TO_STAY):
                chip[name] = value
        chip.run(1000)
    chip.pulse_reset()
    for name, value in before.items():
        if not name.startswith(_MEANT_TO_STAY) and not _follows_pins(name):
            assert chip[name] == value, name


def test_plain_bits_keep_what_is_written_and_others_do_not() -> None:
    chip = Chip()
    chip.enable("SYSCFG", "CRC")
    for name in ("SYSCFG_EXTICR1", "CRC_IDR", "SYSCFG_CFGR2"):
        for value in _DIRTY:
            chip[name] = value
            assert chip[name] == value & chip.registers[name].writable, name


_PATTERNS = (0x5A5A5A5A, 0xA5A5A5A5, 0xFFFFFFFF, 0)
_ON_CONDITION = re.compile(
    r"RCC_|FLASHINTERFACE_|PWR_"  # what the whole chip runs by
    r"|RTC_|IWDG_"  # locked until their keys are written
    r"|LPTIM\d_(CR|CMP|ARR)$"  # while they are enabled
    r"|U?S?ART\d_TDR|LPUART1_TDR|I2C\d_(TXDR|CR2)$"  # while the port is enabled
    r"|TIM\d+_DMAR$"  # another register by DCR
    r"|TIM[123458]_CR1$"  # CMS decides DIR
    r"|TSC_CR$"  # START needs TSCE
    r"|CAN1_(MCR|BTR)$"  # RESET; in initialisation mode
    r"|DMA2D_[FB]GPFCCR$"  # START ends at once
    r"|DMA2D_CR$"  # START needs a rectangle
    r"|OTG_FS_(GOTG|GRST|D|D[IO]EP)CTL\d?$"  # BSVLD, CSRST, NAKs
    r"|VREFBUF_CSR$|COMP_COMP[12]_CSR$"  # VRR, VALUE
    r"|OPAMP_OPAMP[12]_CSR$"  # CALOUT while CALON
)
"""Registers that take a write under conditions, which the tests of their blocks are about."""


def test_each_register_keeps_its_writable_bits_and_no_others() -> None:
    chip = Chip()
    chip.enable_all()
    state = chip.machine.snapshot()
    tried = 0
    for name, register in chip.registers.items():
        if _ON_CONDITION.match(name) or not register.writable:
            continue
        for value in _PATTERNS:
            chip.machine.restore(state)
            before = chip[name]
            chip[name] = value
            after = chip[name]
            assert (after ^ value) & register.writable == 0, (name, hex(value), hex(after))
            assert (after ^ before) & ~register.writable == 0, (name, hex(value), hex(after))
            tried += 1
    assert tried > 1500


def test_a_bit_without_a_model_is_reported_once_by_its_name() -> None:
    chip = Chip()
    for _ in range(3):
        chip["RCC_CFGR"] = 1 << 24
        chip["RCC_CFGR"] = 0
    assert chip.reports() == ["unmodelled RCC_CFGR.MCOSEL"]


def test_a_bit_without_a_model_is_an_error_where_none_is_wanted() -> None:
    chip = Chip(strict=True)
    chip["RCC_CFGR"] = 4 << 8
    with pytest.raises(CoreError, match="nothing takes a write at 0x40021008"):
        chip["RCC_CFGR"] = 1 << 24


def test_an_offset_without_a_register_is_reported() -> None:
    chip = Chip()
    assert chip.machine.bus_read(0x40021000 + 0x3FC) == 0
    assert chip.reports() == ["no register RCC+0x3FC"]


def test_a_register_goes_on_from_a_snapshot() -> None:
    chip = Chip()
    chip.enable("CRC")
    chip["CRC_DR"] = 0x12345678
    state, value = chip.machine.snapshot(), chip["CRC_DR"]
    chip["CRC_CR"] = 1
    assert chip["CRC_DR"] != value
    chip.machine.restore(state)
    assert chip["CRC_DR"] == value
