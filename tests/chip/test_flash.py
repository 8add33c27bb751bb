"""The flash interface's errors, locks and option bytes (RM0432 section 3.7)."""

import pytest

from .board import Chip

_PG, _PER, _MER1, _BKER, _STRT, _OPTSTRT = 1 << 0, 1 << 1, 1 << 2, 1 << 11, 1 << 16, 1 << 17
_FSTPG, _EOPIE, _ERRIE, _OBL_LAUNCH = 1 << 18, 1 << 24, 1 << 25, 1 << 27
_OPTLOCK, _LOCK = 1 << 30, 1 << 31
_EOP, _OPERR, _PROGERR, _WRPERR, _PGAERR, _SIZERR, _PGSERR, _FASTERR = (
    1 << bit for bit in (0, 1, 3, 4, 5, 6, 7, 9)
)
_FREE = 0x08100000
"""The first page of bank 2."""


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made["FLASHINTERFACE_KEYR"] = 0x45670123
    made["FLASHINTERFACE_KEYR"] = 0xCDEF89AB
    return made


def _program(chip: Chip, address: int, low: int, high: int) -> int:
    chip["FLASHINTERFACE_CR"] = _PG
    chip.machine.bus_write(address, low)
    chip.machine.bus_write(address + 4, high)
    return _take_errors(chip)


def _take_errors(chip: Chip) -> int:
    errors = chip["FLASHINTERFACE_SR"]
    chip["FLASHINTERFACE_SR"] = 0xFFFFFFFF
    return errors


def test_a_double_word_is_programmed_once_and_then_only_to_zero(chip: Chip) -> None:
    assert _program(chip, _FREE, 1, 2) == 0
    assert _program(chip, _FREE, 3, 4) == _PROGERR
    assert chip.machine.read_memory(_FREE, 8) == b"\1\0\0\0\2\0\0\0"
    assert _program(chip, _FREE, 0, 0) == 0
    assert chip.machine.read_memory(_FREE, 8) == bytes(8)


@pytest.mark.parametrize(
    ("control", "address", "size", "error"),
    [
        (_PG, _FREE, 2, _SIZERR),
        (_PG, _FREE, 1, _SIZERR),
        (_PG, _FREE + 4, 4, _PGAERR),
        (0, _FREE, 4, _PGSERR),
        (_FSTPG, _FREE + 8, 4, _PGAERR | _FASTERR),
    ],
)
def test_a_store_that_cannot_be_programmed_sets_its_error(
    chip: Chip, control: int, address: int, size: int, error: int
) -> None:
    chip["FLASHINTERFACE_CR"] = control
    chip.machine.bus_write(address, 0, size)
    assert chip["FLASHINTERFACE_SR"] == error
    assert chip.machine.read_memory(_FREE, 16) == b"\xff" * 16


def test_an_error_must_be_cleared_before_programming(chip: Chip) -> None:
    chip["FLASHINTERFACE_CR"] = _PG
    chip.machine.bus_write(_FREE, 0, 1)
    chip.machine.bus_write(_FREE, 0)
    assert chip["FLASHINTERFACE_SR"] == _SIZERR | _PGSERR


def test_errors_and_completion_ask_for_interrupts(chip: Chip) -> None:
    chip["FLASHINTERFACE_CR"] = _PG | _EOPIE
    chip.machine.bus_write(_FREE, 1)
    assert not chip.pends(4)
    chip.machine.bus_write(_FREE + 4, 1)
    assert chip["FLASHINTERFACE_SR"] == _EOP
    assert chip.pends(4)
    chip["FLASHINTERFACE_SR"] = _EOP
    chip["FLASHINTERFACE_CR"] = _ERRIE
    chip.machine.bus_write(_FREE, 1)
    assert chip["FLASHINTERFACE_SR"] == _PGSERR | _OPERR


def test_a_row_is_programmed_fast(chip: Chip) -> None:
    chip["FLASHINTERFACE_CR"] = _FSTPG
    for word in range(128):
        chip.machine.bus_write(_FREE + 4 * word, word)
    assert chip["FLASHINTERFACE_SR"] == 0
    assert chip.machine.read_memory(_FREE + 508, 4) == b"\x7f\0\0\0"


@pytest.mark.parametrize(
    ("bank", "control", "first", "size"),
    [
        ("dual", _PER | 3 << 3, 0x08003000, 0x1000),
        ("dual", _PER | _BKER, _FREE, 0x1000),
        ("single", _PER | 2 << 3, 0x08004000, 0x2000),
        ("dual", _MER1 | 1 << 15, 0x08000000, 0x200000),
        ("dual", 1 << 15, _FREE, 0x100000),
    ],
)
def test_an_erase_leaves_ones_in_its_page_or_bank_alone(
    bank: str, control: int, first: int, size: int
) -> None:
    chip = Chip(**{"flash.bank": bank})
    chip.machine.load(0x08000000, bytes(0x200000))
    chip["FLASHINTERFACE_KEYR"] = 0x45670123
    chip["FLASHINTERFACE_KEYR"] = 0xCDEF89AB
    chip["FLASHINTERFACE_CR"] = control | _STRT
    left = bytearray(0x200000)
    left[first - 0x08000000 : first - 0x08000000 + size] = b"\xff" * size
    assert chip.machine.read_memory(0x08000000, 0x200000) == left


def test_a_wrong_key_locks_until_the_next_reset() -> None:
    chip = Chip()
    for keys in ((0x45670123, 1), (0x45670123, 0xCDEF89AB)):
        for key in keys:
            chip["FLASHINTERFACE_KEYR"] = key
        assert chip["FLASHINTERFACE_CR"] & _LOCK
    chip.machine.reset()
    for key in (0x45670123, 0xCDEF89AB):
        chip["FLASHINTERFACE_KEYR"] = key
    assert chip["FLASHINTERFACE_CR"] == _OPTLOCK


def test_a_locked_control_register_takes_nothing() -> None:
    chip = Chip()
    chip["FLASHINTERFACE_CR"] = _PG
    assert chip["FLASHINTERFACE_CR"] == _LOCK | _OPTLOCK


def _unlock_options(chip: Chip) -> None:
    chip["FLASHINTERFACE_OPTKEYR"] = 0x08192A3B
    chip["FLASHINTERFACE_OPTKEYR"] = 0x4C5D6E7F


def test_option_bytes_take_effect_when_they_are_launched(chip: Chip) -> None:
    chip["FLASHINTERFACE_OPTR"] = 0
    factory = chip["FLASHINTERFACE_OPTR"]
    assert factory == chip.registers["FLASHINTERFACE_OPTR"].reset
    _unlock_options(chip)
    chip["FLASHINTERFACE_OPTR"] = factory & ~(1 << 22)
    chip["FLASHINTERFACE_CR"] = _OPTSTRT
    chip["FLASHINTERFACE_CR"] = _OBL_LAUNCH
    chip.machine.run(1000)
    assert chip["FLASHINTERFACE_OPTR"] == factory & ~(1 << 22)
    assert chip.field("RCC_CSR", "OBLRSTF")
    assert chip["FLASHINTERFACE_CR"] == _LOCK | _OPTLOCK


def test_protected_pages_are_neither_programmed_nor_erased(chip: Chip) -> None:
    _unlock_options(chip)
    chip["FLASHINTERFACE_WRP2AR"] = 0 | 1 << 16
    assert _program(chip, _FREE + 0x1000, 1, 2) == _WRPERR | _PGSERR
    chip["FLASHINTERFACE_CR"] = _PER | _BKER | 1 << 3 | _STRT
    assert _take_errors(chip) == _WRPERR
    assert _program(chip, _FREE + 0x2000, 1, 2) == 0
