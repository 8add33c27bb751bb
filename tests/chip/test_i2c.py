"""I2C as a master, with an EEPROM on its bus (RM0432 section 49)."""

from pathlib import Path

import pytest

from tinysim.platform import find_platforms, load_board
from tinysim.platform.assembly import build_machine

from .board import Chip

_PE, _TXIE, _RXIE, _NACKIE, _STOPIE, _TCIE = (1 << bit for bit in (0, 1, 2, 4, 5, 6))
_READ, _START, _STOP, _RELOAD, _AUTOEND = (1 << bit for bit in (10, 13, 14, 24, 25))
_TXIS, _RXNE, _NACKF, _STOPF, _TC, _TCR, _BUSY = (1 << bit for bit in (1, 2, 4, 5, 6, 7, 15))
_EEPROM = 0x50
_BYTE = 9 * (20 + 4)
"""Cycles, with the timing below."""


@pytest.fixture
def chip() -> Chip:
    """I2C1 on, with a 4 KB EEPROM in pages of 32 bytes."""
    made = Chip()
    made.machine.add_peripheral("eeprom", "I2C.EEPROM24", None, None, {"size": 4096})
    made.machine.attach("eeprom", "i2c1", _EEPROM)
    made.machine.reset()
    made.enable("I2C1", "DMA1", "DMAMUX1")
    made["I2C1_TIMINGR"] = 9 | 9 << 8
    made["I2C1_CR1"] = _PE
    return made


def _command(count: int, flags: int, device: int = _EEPROM) -> int:
    return device << 1 | count << 16 | flags


def _send(chip: Chip, data: bytes, flags: int = _AUTOEND) -> None:
    chip["I2C1_CR2"] = _command(len(data), _START | flags)
    chip.run(_BYTE)
    for byte in data:
        assert chip["I2C1_ISR"] & _TXIS
        chip["I2C1_TXDR"] = byte
        chip.run(_BYTE)


def _receive(chip: Chip, count: int) -> bytes:
    chip["I2C1_CR2"] = _command(count, _START | _READ | _AUTOEND)
    chip.run(_BYTE)
    taken = bytearray()
    for _ in range(count):
        chip.run(_BYTE)
        assert chip["I2C1_ISR"] & _RXNE
        taken.append(chip["I2C1_RXDR"])
    return bytes(taken)


def test_an_eeprom_gives_back_what_was_written(chip: Chip) -> None:
    _send(chip, b"\x01\x00tiny")
    assert chip["I2C1_ISR"] & (_STOPF | _BUSY) == _STOPF
    _send(chip, b"\x01\x00", flags=0)
    assert chip["I2C1_ISR"] & (_TC | _BUSY) == _TC | _BUSY
    assert _receive(chip, 5) == b"tiny\xff"


def test_writing_wraps_within_a_page_and_reading_goes_on(chip: Chip) -> None:
    _send(chip, b"\x00\x1eabcd")
    _send(chip, b"\x00\x1e")
    assert _receive(chip, 3) == b"ab\xff"
    _send(chip, b"\x00\x00")
    assert _receive(chip, 2) == b"cd"


def test_a_byte_takes_nine_bits(chip: Chip) -> None:
    chip["I2C1_CR2"] = _command(1, _START | _AUTOEND)
    chip.run(_BYTE - 1)
    assert chip["I2C1_ISR"] & (_TXIS | _BUSY) == _BUSY
    chip.run(1)
    assert chip["I2C1_ISR"] & _TXIS


@pytest.mark.parametrize("device", [_EEPROM, _EEPROM + 1])
def test_start_stands_until_the_address_is_sent(chip: Chip, device: int) -> None:
    chip["I2C1_CR2"] = _command(1, _START, device)
    chip.run(_BYTE // 2)
    chip["I2C1_CR2"] = _command(1, 0, device)  # a zero does nothing to it, nor does it begin again
    assert chip["I2C1_CR2"] & _START
    chip.run(_BYTE - _BYTE // 2 - 1)
    assert chip["I2C1_CR2"] & _START
    chip.run(1)
    assert not chip["I2C1_CR2"] & _START
    assert bool(chip["I2C1_ISR"] & _NACKF) == (device != _EEPROM)


def test_without_pe_nothing_starts(chip: Chip) -> None:
    chip["I2C1_CR2"] = _command(1, _START)
    chip["I2C1_CR1"] = 0
    assert not chip["I2C1_CR2"] & _START
    chip["I2C1_CR2"] = _command(1, _START)
    chip["I2C1_CR1"] = _PE
    chip.run(2 * _BYTE)
    assert not chip["I2C1_CR2"] & _START
    assert chip["I2C1_ISR"] == 1


def test_nobody_at_an_address_is_a_nack_and_a_stop(chip: Chip) -> None:
    chip["I2C1_CR1"] = _PE | _NACKIE
    chip["I2C1_CR2"] = _command(1, _START, device=0x51)
    chip.run(_BYTE)
    assert chip["I2C1_ISR"] & (_NACKF | _STOPF | _BUSY) == _NACKF | _STOPF
    assert chip.pends(31)
    chip["I2C1_ICR"] = _NACKF | _STOPF
    assert chip["I2C1_ISR"] == 1


def test_reload_goes_on_with_more_bytes(chip: Chip) -> None:
    _send(chip, b"\x00\x00a", flags=_RELOAD)
    assert chip["I2C1_ISR"] & _TCR
    chip["I2C1_CR2"] = _command(1, 0)
    chip["I2C1_TXDR"] = ord("b")
    chip.run(_BYTE)
    assert chip["I2C1_ISR"] & _TC
    chip["I2C1_CR2"] = _command(0, _STOP)
    assert chip["I2C1_ISR"] & (_STOPF | _BUSY) == _STOPF
    _send(chip, b"\x00\x00")
    assert _receive(chip, 2) == b"ab"


@pytest.mark.parametrize(
    ("enable", "interrupts"), [(_TXIE, True), (_RXIE, False), (_TCIE, False), (_STOPIE, False)]
)
def test_a_flag_asks_for_its_own_interrupt_alone(
    chip: Chip, enable: int, *, interrupts: bool
) -> None:
    chip["I2C1_CR1"] = _PE | enable
    chip["I2C1_CR2"] = _command(1, _START)
    chip.run(_BYTE)
    assert chip.pends(31) is interrupts


def test_dma_sends(chip: Chip) -> None:
    chip.machine.write_memory(0x20002000, b"\x00\x00xyz")
    chip["DMAMUX1_C0CR"] = 17
    chip["DMA1_CPAR1"] = chip.registers["I2C1_TXDR"].address
    chip["DMA1_CMAR1"] = 0x20002000
    chip["DMA1_CNDTR1"] = 5
    chip["DMA1_CCR1"] = 1 | 1 << 4 | 1 << 7
    chip["I2C1_CR1"] = _PE | 1 << 14
    chip["I2C1_CR2"] = _command(5, _START | _AUTOEND)
    chip.run(7 * _BYTE)
    assert chip["I2C1_ISR"] & _STOPF
    _send(chip, b"\x00\x00")
    assert _receive(chip, 3) == b"xyz"


def test_a_board_puts_a_device_on_its_bus_in_its_description(tmp_path: Path) -> None:
    for source in find_platforms().glob("*.repl"):
        (tmp_path / source.name).write_text(source.read_text())
    settings = (find_platforms() / "nucleo_l4r5zi.toml").read_text()
    (tmp_path / "mine.toml").write_text(
        settings.replace("nucleo_l4r5zi_builtin.repl", "mine_builtin.repl")
    )
    (tmp_path / "mine_builtin.repl").write_text(
        'using "./nucleo_l4r5zi_builtin.repl"\n\n'
        "eeprom: I2C.EEPROM24 @ i2c2 0x57\n    size: 256\n    pageSize: 8\n"
    )
    machine = build_machine(load_board("mine", tmp_path))
    machine.load(0x08000000, bytes(4) + b"\x01\x10\x00\x08" + bytes(0xFF8) + b"\xfe\xe7")
    machine.reset()
    machine.bus_write(0x40021058, 1 << 22)  # RCC_APB1ENR1.I2C2EN
    machine.bus_write(0x40005800, _PE)
    machine.bus_write(0x40005804, 0x57 << 1 | 1 << 16 | _START)
    machine.run(10_000)
    assert machine.bus_read(0x40005818) & (_TXIS | _NACKF) == _TXIS
