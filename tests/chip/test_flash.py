"""The flash interface's errors, locks and option bytes (RM0432 section 3.7)."""

import pytest

from tinysim._core import CoreError

from .board import Chip

_PG, _PER, _MER1, _BKER, _STRT, _OPTSTRT = 1 << 0, 1 << 1, 1 << 2, 1 << 11, 1 << 16, 1 << 17
_FSTPG, _EOPIE, _ERRIE, _OBL_LAUNCH = 1 << 18, 1 << 24, 1 << 25, 1 << 27
_OPTLOCK, _LOCK = 1 << 30, 1 << 31
_EOP, _OPERR, _PROGERR, _WRPERR, _PGAERR, _SIZERR, _PGSERR, _FASTERR = (
    1 << bit for bit in (0, 1, 3, 4, 5, 6, 7, 9)
)
_BSY, _RDERR = 1 << 16, 1 << 14
_BUSY_S = {"word": 81.69e-6, "row": 3.83e-3, "page": 22.02e-3, "bank": 22.13e-3}
_BANK_1, _BANK_2, _RAM = 0x08002000, 0x08102000, 0x20002000
_MHZ_AT_RESET = 4
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
    _wait(chip)
    return _take_errors(chip)


def _wait(chip: Chip) -> None:
    for _ in range(1000):
        if not chip["FLASHINTERFACE_SR"] & _BSY:
            return
        chip.machine.run(1000)
    raise AssertionError("the array is busy for ever")


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
    assert chip["FLASHINTERFACE_SR"] == _BSY
    assert not chip.pends(4)
    _wait(chip)
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
    _wait(chip)
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


def _unlock(chip: Chip) -> None:
    for key in (0x45670123, 0xCDEF89AB):
        chip["FLASHINTERFACE_KEYR"] = key


def _launch(chip: Chip, **registers: int) -> None:
    """Write option bytes, and load them by a reset."""
    _unlock_options(chip)
    for name, value in registers.items():
        chip[f"FLASHINTERFACE_{name}"] = value
    chip["FLASHINTERFACE_CR"] = _OPTSTRT
    _wait(chip)
    chip["FLASHINTERFACE_CR"] = _OBL_LAUNCH
    chip.machine.run(1000)
    _unlock(chip)


def test_protected_pages_are_neither_programmed_nor_erased(chip: Chip) -> None:
    _launch(chip, WRP2AR=0 | 1 << 16)
    assert _program(chip, _FREE + 0x1000, 1, 2) == _WRPERR | _PGSERR
    chip["FLASHINTERFACE_CR"] = _PER | _BKER | 1 << 3 | _STRT
    assert _take_errors(chip) == _WRPERR
    assert _program(chip, _FREE + 0x2000, 1, 2) == 0


def test_a_protection_waits_for_its_launch(chip: Chip) -> None:
    _unlock_options(chip)
    chip["FLASHINTERFACE_WRP2AR"] = 0 | 1 << 16
    assert _program(chip, _FREE + 0x1000, 1, 2) == 0


def _start(chip: Chip, what: str, bank_2: int) -> None:
    """Let a bank be busy."""
    base = _BANK_2 if bank_2 else _BANK_1
    if what == "word":
        chip["FLASHINTERFACE_CR"] = _PG
        for word in range(2):
            chip.machine.bus_write(base + 4 * word, word)
    elif what == "row":
        chip["FLASHINTERFACE_CR"] = _FSTPG
        for word in range(128):
            chip.machine.bus_write(base + 4 * word, word)
    else:
        page = _PER | _BKER * bank_2 | 9 << 3
        chip["FLASHINTERFACE_CR"] = _STRT | (page if what == "page" else 1 << (15 if bank_2 else 2))


def _count_in_bank_1(chip: Chip) -> None:
    """Run `again: adds r2, #1; b again` there."""
    chip.machine.load(0x08001100, b"\x01\x32\xfd\xe7")
    chip.machine.set_register("r2", 0)
    chip.machine.set_register("pc", 0x08001100)


@pytest.mark.parametrize("tier", ["T0", "T1", "T2", "T3"])
@pytest.mark.parametrize("what", ["word", "row", "page"])
def test_the_core_waits_while_its_own_bank_is_busy(what: str, tier: str) -> None:
    chip = Chip(tier=tier)
    _unlock(chip)
    _count_in_bank_1(chip)
    chip.machine.run(100)
    _start(chip, what, 0)
    before = chip.machine.registers()["r2"]
    busy = int(_BUSY_S[what] * _MHZ_AT_RESET * 1e6)
    chip.machine.run(busy - 10)
    assert chip.machine.registers()["r2"] <= before + 1
    assert chip["FLASHINTERFACE_SR"] & _BSY
    chip.machine.run(1000)
    assert chip.machine.registers()["r2"] > before + 100
    assert chip["FLASHINTERFACE_SR"] == 0


@pytest.mark.parametrize("what", ["word", "row", "page", "bank"])
def test_the_core_runs_on_while_the_other_bank_is_busy(chip: Chip, what: str) -> None:
    _count_in_bank_1(chip)
    _start(chip, what, 1)
    busy = int(_BUSY_S[what] * _MHZ_AT_RESET * 1e6) // 2 * 2
    chip.run(busy - 200)
    assert chip["FLASHINTERFACE_SR"] & _BSY
    chip.run(202)
    assert chip["FLASHINTERFACE_SR"] == 0
    assert chip.machine.registers()["r2"] == (busy + 2) // 2


def _read_loop(chip: Chip, target: int) -> None:
    """Run `again: ldr r1, [r0]; add r2, #1; b again` from RAM, with r0 on the target."""
    chip.machine.write_memory(_RAM, b"\x01\x68\x01\x32\xfc\xe7")
    chip.machine.set_register("r0", target)
    chip.machine.set_register("r2", 0)
    chip.machine.set_register("pc", _RAM)


@pytest.mark.parametrize(("target", "waits"), [(_BANK_2, True), (_BANK_1, False)])
def test_a_load_waits_for_its_bank_alone(chip: Chip, target: int, waits: bool) -> None:
    _read_loop(chip, target)
    chip.machine.run(100)
    _start(chip, "page", 1)
    before = chip.machine.registers()["r2"]
    chip.machine.run(80_000)
    loops = chip.machine.registers()["r2"] - before
    assert loops <= 1 if waits else loops > 20_000
    chip.machine.run(20_000)
    assert chip.machine.registers()["r2"] - before > 1000
    assert chip.machine.registers()["r1"] == 0xFFFFFFFF


def test_one_bank_is_busy_as_a_whole() -> None:
    chip = Chip(**{"flash.bank": "single"})
    _unlock(chip)
    _count_in_bank_1(chip)
    chip["FLASHINTERFACE_CR"] = _PER | 200 << 3 | _STRT
    chip.machine.run(80_000)
    assert chip.machine.registers()["r2"] <= 1


def test_a_write_to_the_interface_waits_too(chip: Chip) -> None:
    chip.machine.write_memory(_RAM, b"\x01\x60\x01\x32\xfc\xe7")  # as above, with str
    chip.machine.set_register("r0", chip.registers["FLASHINTERFACE_CR"].address)
    chip.machine.set_register("r1", 0)
    chip.machine.set_register("r2", 0)
    chip.machine.set_register("pc", _RAM)
    _start(chip, "page", 1)
    chip.machine.run(80_000)
    assert chip.machine.registers()["r2"] <= 1


def test_a_busy_array_goes_on_from_a_snapshot(chip: Chip) -> None:
    _start(chip, "page", 0)
    chip.machine.run(1000)
    state = chip.machine.snapshot()
    chip.machine.run(200_000)
    end = (chip.machine.cycles, chip.machine.instructions)
    chip.machine.restore(state)
    assert chip["FLASHINTERFACE_SR"] & _BSY
    chip.machine.run(200_000)
    assert (chip.machine.cycles, chip.machine.instructions) == end


def _vectors(entry: int, value: int) -> bytes:
    """An image that puts a number into r7 and stays: `movs r7, #value; b .`."""
    head = 0x20001000.to_bytes(4, "little") + (entry + 0x101).to_bytes(4, "little")
    return head.ljust(0x100, b"\0") + bytes([value, 0x27]) + b"\xfe\xe7"


def test_the_banks_change_places(chip: Chip) -> None:
    machine = chip.machine
    machine.load(0x08000000, _vectors(0x08000000, 1))
    machine.load(_FREE, _vectors(0x08000000, 2))  # linked for the place it is seen at
    machine.reset()
    machine.run(100)
    assert machine.registers()["r7"] == 1
    _unlock(chip)
    _launch(chip, OPTR=chip["FLASHINTERFACE_OPTR"] | 1 << 20)  # BFB2
    machine.run(100)
    assert machine.registers()["r7"] == 2
    chip.enable("SYSCFG")
    assert chip.field("SYSCFG_MEMRMP", "FB_MODE")
    assert machine.bus_read(0x08000100) & 0xFF == machine.bus_read(0x100) & 0xFF == 2
    assert machine.bus_read(_FREE + 0x100) & 0xFF == 1
    chip["FLASHINTERFACE_CR"] = _PER | _STRT  # a bank's number stays with it
    _wait(chip)
    assert machine.bus_read(_FREE) == 0xFFFFFFFF
    state = machine.snapshot()
    chip["SYSCFG_MEMRMP"] = 0
    assert machine.bus_read(0x08000000) == 0xFFFFFFFF
    machine.restore(state)
    assert machine.bus_read(0x08000100) & 0xFF == 2


def test_an_empty_bank_2_does_not_boot(chip: Chip) -> None:
    chip.machine.load(0x08000000, _vectors(0x08000000, 1))
    _launch(chip, OPTR=chip["FLASHINTERFACE_OPTR"] | 1 << 20)
    chip.machine.run(100)
    assert chip.machine.registers()["r7"] == 1


def test_another_memory_is_seen_at_0(chip: Chip) -> None:
    chip.enable("SYSCFG")
    chip.machine.write_memory(0x20000000, b"SRAM")
    chip["SYSCFG_MEMRMP"] = 3
    assert chip.machine.bus_read(0) == int.from_bytes(b"SRAM", "little")
    chip.machine.bus_write(4, 0x12345678)
    assert chip.machine.read_memory(0x20000004, 4) == b"\x78\x56\x34\x12"
    with pytest.raises(CoreError):
        chip.machine.bus_read(0x30000)
    chip["SYSCFG_MEMRMP"] = 0
    assert chip.machine.bus_read(0) == 0x20001000
    chip["SYSCFG_MEMRMP"] = 2
    assert chip.reports() == ["unmodelled SYSCFG_MEMRMP.MEM_MODE"]


def test_secret_code_runs_and_cannot_be_read(chip: Chip) -> None:
    machine = chip.machine
    machine.load(_FREE, b"\x07\x27\xfe\xe7open")  # movs r7, #7; b .
    _launch(chip, PCROP2SR=0, PCROP2ER=0)
    chip["FLASHINTERFACE_CR"] = 1 << 26  # RDERRIE
    assert machine.bus_read(_FREE + 8) == 0xFFFFFFFF
    assert not chip["FLASHINTERFACE_SR"] & _RDERR
    assert machine.bus_read(_FREE) == 0
    assert chip["FLASHINTERFACE_SR"] & _RDERR
    assert chip.pends(4)
    machine.set_register("pc", _FREE)
    machine.run(100)
    assert machine.registers()["r7"] == 7
    assert _program(chip, _FREE, 1, 2) & _WRPERR


_OTP = 0x1FFF7000


def test_what_is_programmable_once_is_programmed_once(chip: Chip) -> None:
    assert chip.machine.bus_read(_OTP) == 0xFFFFFFFF
    assert _program(chip, _OTP + 8, 0x12345678, 0x9ABCDEF0) == 0
    assert chip.machine.read_memory(_OTP, 24) == (
        b"\xff" * 8 + bytes.fromhex("78563412f0debc9a") + b"\xff" * 8
    )
    assert _program(chip, _OTP + 8, 1, 2) == _PROGERR
    assert _program(chip, _OTP + 0x3F8, 3, 4) == 0
    assert chip.machine.bus_read(0x1FFF75E0, 2) == 2048


def test_it_is_guarded_like_the_array(chip: Chip) -> None:
    chip.machine.bus_write(_OTP, 1)
    assert _take_errors(chip) == _PGSERR
    chip["FLASHINTERFACE_CR"] = _PG
    chip.machine.bus_write(_OTP, 1, 1)
    assert _take_errors(chip) == _SIZERR
    assert chip.machine.bus_read(_OTP) == 0xFFFFFFFF
    for address in (0x1FFF6FFC, 0x1FFF7400, 0x1FFF7590):
        with pytest.raises(CoreError, match="nothing takes a write"):
            chip.machine.bus_write(address, 0)
