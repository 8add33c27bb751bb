"""Devices in Python on the chip's buses."""

from pathlib import Path

import pytest

from tinysim.devices import (
    Eeprom,
    I2cDevice,
    SerialDevice,
    SerialLoopback,
    SpiDevice,
    SpiFlash,
    SpiLoopback,
)
from tinysim.errors import EngineError, PlatformError
from tinysim.platform import find_platforms, load_board
from tinysim.platform.assembly import build_machine

from .board import Chip

_START, _READ, _AUTOEND = 1 << 13, 1 << 10, 1 << 25
_BYTE_CYCLES = 400
_MASTER = 1 << 2 | 3 << 8 | 1 << 6


class Thermometer(I2cDevice):
    """A register to write to and a temperature of 12 bits to read."""

    def __init__(self, celsius: float = 21.5) -> None:
        self.celsius = celsius
        self.pointer = 0
        self._left = b""

    def start(self, reads: bool) -> bool:
        self._left = (int(self.celsius * 256)).to_bytes(2, "big") if reads else b""
        return True

    def write(self, byte: int) -> bool:
        self.pointer = byte
        return True

    def read(self) -> int:
        byte, self._left = self._left[0], self._left[1:]
        return byte


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("I2C1", "SPI1", "USART1", "GPIOD")
    made["I2C1_TIMINGR"] = 9 | 9 << 8
    made["I2C1_CR1"] = 1
    made["SPI1_CR2"] = 7 << 8 | 1 << 12
    made["SPI1_CR1"] = _MASTER
    made["USART1_BRR"] = 35
    made["USART1_CR1"] = 0xD
    made["GPIOD_MODER"] = (made["GPIOD_MODER"] & ~(3 << 28)) | 1 << 28
    made["GPIOD_BSRR"] = 1 << 14
    return made


def _i2c_send(chip: Chip, device: int, data: bytes) -> None:
    chip["I2C1_CR2"] = device << 1 | len(data) << 16 | _START | _AUTOEND
    chip.run(_BYTE_CYCLES)
    for byte in data:
        chip["I2C1_TXDR"] = byte
        chip.run(_BYTE_CYCLES)


def _i2c_receive(chip: Chip, device: int, count: int) -> bytes:
    chip["I2C1_CR2"] = device << 1 | count << 16 | _START | _READ | _AUTOEND
    taken = bytearray()
    for _ in range(count):
        chip.run(2 * _BYTE_CYCLES)
        taken.append(chip["I2C1_RXDR"])
    return bytes(taken)


def _spi(chip: Chip, data: bytes) -> bytes:
    """Exchange bytes while PD14 is low."""
    chip["GPIOD_BSRR"] = 1 << 30
    taken = bytearray()
    for byte in data:
        chip.machine.bus_write(chip.registers["SPI1_DR"].address, byte, 1)
        chip.run(50)
        taken.append(chip["SPI1_DR"])
    chip["GPIOD_BSRR"] = 1 << 14
    return bytes(taken)


def _say(chip: Chip, data: bytes) -> bytes:
    heard = bytearray()
    for byte in data:
        chip["USART1_TDR"] = byte
        chip.run(500)
        while chip["USART1_ISR"] & 1 << 5:
            heard.append(chip["USART1_RDR"])
    return bytes(heard)


def test_a_sensor_of_ones_own_is_read_over_i2c(chip: Chip) -> None:
    sensor = Thermometer(30.25)
    sensor.connect(chip.machine, "i2c1", 0x48)
    _i2c_send(chip, 0x48, b"\x01")
    assert sensor.pointer == 1
    assert _i2c_receive(chip, 0x48, 2) == b"\x1e\x40"
    sensor.celsius = -1.0 + 256
    assert _i2c_receive(chip, 0x48, 2) == b"\xff\x00"


@pytest.mark.parametrize("short", [0, 1 << 12])
def test_a_device_may_have_an_address_of_ten_bits(chip: Chip, short: int) -> None:
    sensor = Thermometer(99.5)
    sensor.connect(chip.machine, "i2c1", 0x2A5)
    Thermometer().connect(chip.machine, "i2c1", 0x2A5 >> 1 & 0x7F)
    ten = 1 << 11
    chip["I2C1_CR2"] = 0x2A5 | ten | 1 << 16 | _START
    chip.run(2 * _BYTE_CYCLES)
    chip["I2C1_TXDR"] = 7
    chip.run(_BYTE_CYCLES)
    assert sensor.pointer == 7
    chip["I2C1_CR2"] = 0x2A5 | ten | short | 2 << 16 | _READ | _START | _AUTOEND
    chip.run(9 * 24 * (1 if short else 3) - 20)  # HEAD10R: the first byte alone
    assert chip["I2C1_CR2"] & _START
    taken = bytearray()
    for _ in range(2):
        chip.run(2 * _BYTE_CYCLES)
        taken.append(chip["I2C1_RXDR"])
    assert int.from_bytes(taken, "big") == int(99.5 * 256)


def test_nobody_at_ten_bits_is_a_nack(chip: Chip) -> None:
    Thermometer().connect(chip.machine, "i2c1", 0x48)
    chip["I2C1_CR2"] = 0x090 | 1 << 11 | 1 << 16 | _START | _AUTOEND
    chip.run(3 * _BYTE_CYCLES)
    assert chip["I2C1_ISR"] & 1 << 4


def test_a_device_that_refuses_is_a_nack(chip: Chip) -> None:
    class Deaf(I2cDevice):
        def start(self, reads: bool) -> bool:
            return False

    Deaf().connect(chip.machine, "i2c1", 0x20)
    _i2c_send(chip, 0x20, b"")
    assert chip["I2C1_ISR"] & 1 << 4


def test_an_eeprom_keeps_what_is_written(chip: Chip) -> None:
    eeprom = Eeprom(size=4096, page=32)
    eeprom.connect(chip.machine, "i2c1", 0x50)
    _i2c_send(chip, 0x50, b"\x00\x1eabcd")
    _i2c_send(chip, 0x50, b"\x00\x1e")
    assert _i2c_receive(chip, 0x50, 2) == b"ab"
    assert bytes(eeprom.contents[:2]) == b"cd"


def test_a_spi_flash_is_erased_programmed_and_read(chip: Chip) -> None:
    flash = SpiFlash(size=1 << 20)
    flash.selected_by(chip.machine, "spi1", "PD14")
    assert _spi(chip, b"\x9f\0\0\0")[1:] == b"\xef\x40\x17"
    _spi(chip, b"\x02\x00\x01\xfeno")  # writing is not enabled
    assert bytes(flash.contents[0x1FE:0x200]) == b"\xff\xff"
    _spi(chip, b"\x06")
    assert _spi(chip, b"\x05\0")[1] == 2
    _spi(chip, b"\x02\x00\x01\xfewrap")  # within its page
    assert _spi(chip, b"\x05\0")[1] == 0
    assert _spi(chip, b"\x03\x00\x01\xfe\0\0")[4:] == b"wr"
    assert _spi(chip, b"\x0b\x00\x01\x00\0\0\0")[5:] == b"ap"
    _spi(chip, b"\x06")
    _spi(chip, b"\x20\x00\x01\x00")
    assert bytes(flash.contents[:4096]) == b"\xff" * 4096


def test_a_device_hears_only_while_it_is_selected(chip: Chip) -> None:
    class Counter(SpiDevice):
        frames = 0

        def exchange(self, frame: int, bits: int) -> int:
            self.frames += 1
            return bits

    counter = Counter()
    counter.selected_by(chip.machine, "spi1", "PD14")
    assert _spi(chip, b"ab") == b"\x08\x08"
    chip.machine.bus_write(chip.registers["SPI1_DR"].address, 1, 1)
    chip.run(50)
    assert chip["SPI1_DR"] == 0
    assert counter.frames == 2


def test_lines_may_be_joined(chip: Chip) -> None:
    SpiLoopback().selected_by(chip.machine, "spi1", "PD14")
    assert _spi(chip, b"echo") == b"echo"
    SerialLoopback().connect(chip.machine, "usart1")
    assert _say(chip, b"echo") == b"echo"


def test_a_modem_answers_on_a_serial_port(chip: Chip) -> None:
    class Modem(SerialDevice):
        line = b""

        def received(self, byte: int) -> bytes:
            self.line += bytes([byte])
            if byte != ord("\r"):
                return b""
            line, self.line = self.line, b""
            return b"OK" if line == b"AT\r" else b"?"

    Modem().connect(chip.machine, "usart1")
    assert _say(chip, b"AT\r") == b"OK"
    assert _say(chip, b"XY\r") == b"?"


def test_a_device_goes_on_from_a_snapshot(chip: Chip) -> None:
    sensor = Thermometer(10.0)
    sensor.connect(chip.machine, "i2c1", 0x48)
    state = chip.machine.snapshot()
    sensor.celsius = 20.0
    chip.machine.restore(state)
    assert sensor.celsius == 10.0


def test_what_goes_wrong_in_a_device_names_it(chip: Chip) -> None:
    class Broken(I2cDevice):
        def start(self, reads: bool) -> bool:
            raise KeyError("nowhere")

    Broken().connect(chip.machine, "i2c1", 0x33)
    with pytest.raises(EngineError, match=r"device Broken, start: KeyError: 'nowhere'"):
        _i2c_send(chip, 0x33, b"")


def test_a_device_on_the_wrong_bus_is_refused(chip: Chip) -> None:
    with pytest.raises(EngineError, match="no device for spi1"):
        Thermometer().connect(chip.machine, "spi1")
    with pytest.raises(EngineError, match="no such peripheral"):
        SpiLoopback().selected_by(chip.machine, "spi1", "XY1")


def _board(tmp_path: Path, devices: str, module: str) -> Path:
    for source in find_platforms().glob("*.repl"):
        (tmp_path / source.name).write_text(source.read_text())
    settings = (find_platforms() / "nucleo_l4r5zi.toml").read_text()
    settings = settings.replace("nucleo_l4r5zi_builtin.repl", "mine_builtin.repl")
    (tmp_path / "mine.toml").write_text(settings)
    used = 'using "./nucleo_l4r5zi_builtin.repl"\n\n'
    (tmp_path / "mine_builtin.repl").write_text(used + devices)
    (tmp_path / "sensors.py").write_text(module)
    return tmp_path


_ALWAYS_42 = """
from tinysim.devices import I2cDevice

class Answer(I2cDevice):
    def __init__(self, value: int) -> None:
        self.value = value

    def read(self) -> int:
        return self.value
"""


def test_a_board_names_a_class_of_its_own(tmp_path: Path) -> None:
    text = (
        'answer: Python.Device @ i2c1 0x42\n    class: "sensors:Answer"\n    value: 42\n\n'
        'memory: Python.Device @ spi1\n    class: "tinysim.devices:SpiFlash"\n    size: 0x10000\n\n'
        "gpiod:\n    14 -> memory@0\n"
    )
    machine = build_machine(load_board("mine", _board(tmp_path, text, _ALWAYS_42)))
    machine.load(0x08000000, bytes(4) + b"\x01\x10\x00\x08" + bytes(0xFF8) + b"\xfe\xe7")
    machine.reset()
    machine.bus_write(0x40021058, 1 << 21)  # RCC_APB1ENR1.I2C1EN
    machine.bus_write(0x40005400, 1)
    machine.bus_write(0x40005404, 0x42 << 1 | 1 << 16 | _START | _READ | _AUTOEND)
    machine.run(10_000)
    assert machine.bus_read(0x40005424) == 42


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('class: "sensors:Missing"', "answer: no class 'sensors:Missing'"),
        ('class: "nowhere:Answer"', "answer: no class 'nowhere:Answer'"),
        ('class: "sensors:Answer"', "answer: sensors:Answer: .*value"),
        ('class: "pathlib:Path"', "is no class of tinysim.devices"),
    ],
)
def test_a_board_that_names_no_device_is_refused(tmp_path: Path, entry: str, message: str) -> None:
    text = f"answer: Python.Device @ i2c1 0x42\n    {entry}\n"
    with pytest.raises(PlatformError, match=message):
        build_machine(load_board("mine", _board(tmp_path, text, _ALWAYS_42)))
