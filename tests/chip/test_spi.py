"""SPI as a master, its output joined to its input (RM0432 section 52)."""

import pytest

from tinysim.devices import SpiDevice

from .board import Chip

_MSTR, _SPE, _SSM, _RXONLY = 1 << 2, 1 << 6, 3 << 8, 1 << 10
_CRCL, _CRCNEXT, _CRCEN, _BIDIOE, _BIDIMODE = (1 << bit for bit in (11, 12, 13, 14, 15))
_RXNEIE, _TXEIE, _FRXTH = 1 << 6, 1 << 7, 1 << 12
_RXNE, _TXE, _CRCERR, _OVR, _BSY = (1 << bit for bit in (0, 1, 4, 6, 7))
_INTERRUPTS = {"SPI1": 35, "SPI2": 36, "SPI3": 51}


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable(*_INTERRUPTS, "DMA1", "DMAMUX1")
    made.machine.add_peripheral("looped", "SPI.STM32SPI", 0x40016C00, None, {"loopback": True})
    made.registers |= {
        f"LOOPED_{register.name}": register
        for register in made.machine.register_map()
        if register.peripheral == "looped"
    }
    made["LOOPED_CR1"] = _MSTR | _SSM
    return made


def _on(chip: Chip, bits: int, control2: int = 0) -> int:
    """A frame of so many bits: its length in cycles at PCLK / 2."""
    chip["LOOPED_CR2"] = bits - 1 << 8 | (_FRXTH if bits <= 8 else 0) | control2
    chip["LOOPED_CR1"] |= _SPE
    return 2 * bits


def _write(chip: Chip, value: int, size: int) -> None:
    chip.machine.bus_write(chip.registers["LOOPED_DR"].address, value, size)


@pytest.mark.parametrize(("bits", "value"), [(8, 0xA5), (16, 0xBEEF), (4, 0x9), (12, 0x123)])
def test_a_frame_comes_back_after_its_bits(chip: Chip, bits: int, value: int) -> None:
    frame = _on(chip, bits)
    assert chip["LOOPED_SR"] == _TXE
    _write(chip, value, 1 if bits <= 8 else 2)
    assert chip["LOOPED_SR"] & _BSY
    chip.run(frame - 1)
    assert chip["LOOPED_SR"] & _RXNE == 0
    chip.run(1)
    assert chip["LOOPED_SR"] & (_RXNE | _BSY) == _RXNE
    assert chip["LOOPED_DR"] == value
    assert chip["LOOPED_SR"] == _TXE


def test_two_bytes_are_packed_in_a_half_word(chip: Chip) -> None:
    frame = _on(chip, 8)
    chip["LOOPED_CR2"] = 7 << 8
    _write(chip, 0x3412, 2)
    chip.run(frame)
    assert chip["LOOPED_SR"] & _RXNE == 0
    chip.run(frame)
    assert chip["LOOPED_DR"] == 0x3412


def test_what_nobody_reads_is_an_overrun(chip: Chip) -> None:
    frame = _on(chip, 8)
    for byte in range(5):
        _write(chip, byte, 1)
        chip.run(frame)
    assert chip["LOOPED_SR"] & _OVR
    assert [chip["LOOPED_DR"] for _ in range(4)] == [0, 1, 2, 3]
    assert chip["LOOPED_SR"] & _OVR == 0


@pytest.mark.parametrize("port", _INTERRUPTS)
def test_room_asks_for_an_interrupt_and_a_lone_input_is_low(chip: Chip, port: str) -> None:
    chip[f"{port}_CR2"] = 7 << 8 | _FRXTH
    chip[f"{port}_CR1"] = _MSTR | _SSM | _SPE
    assert not chip.pends(_INTERRUPTS[port])
    chip[f"{port}_CR2"] |= _TXEIE
    assert chip.pends(_INTERRUPTS[port])
    chip.machine.bus_write(chip.registers[f"{port}_DR"].address, 0xFF, 1)
    chip.run(100)
    assert chip[f"{port}_SR"] & _RXNE
    assert chip[f"{port}_DR"] == 0


def test_dma_keeps_a_port_sending(chip: Chip) -> None:
    chip.machine.write_memory(0x20002000, bytes(range(10)))
    chip["DMAMUX1_C0CR"] = 13
    chip["DMA1_CPAR1"] = chip.registers["SPI2_DR"].address
    chip["DMA1_CMAR1"] = 0x20002000
    chip["DMA1_CNDTR1"] = 10
    chip["DMA1_CCR1"] = 1 | 1 << 4 | 1 << 7
    chip["SPI2_CR2"] = 7 << 8 | _FRXTH | 1 << 1
    chip["SPI2_CR1"] = _MSTR | _SSM | _SPE
    chip.run(400)
    assert chip["DMA1_CNDTR1"] == 0
    assert chip["SPI2_SR"] & _BSY == 0


def test_one_line_goes_one_way_at_a_time(chip: Chip) -> None:
    frame = _on(chip, 8)
    chip["LOOPED_CR1"] = _MSTR | _SSM | _BIDIMODE | _BIDIOE | _SPE
    _write(chip, 0x5A, 1)
    chip.run(3 * frame)
    assert chip["LOOPED_SR"] & (_RXNE | _BSY | _OVR) == 0, "nothing comes in while it sends"
    chip["LOOPED_CR1"] = _MSTR | _SSM | _BIDIMODE
    chip["LOOPED_CR1"] |= _SPE
    chip.run(3 * frame)
    assert chip["LOOPED_SR"] & (_RXNE | _BSY) == _RXNE | _BSY, "its clock runs while it receives"
    assert chip["LOOPED_DR"] == 0


@pytest.mark.parametrize(
    ("bits", "wide", "polynomial", "data", "crc"),
    [
        (8, False, 0x07, b"123456789", 0xF4),  # CRC-8
        (16, True, 0x1021, b"12345678", 0x9015),  # CRC-16/XMODEM
        (8, True, 0x1021, b"123456789", 0x31C3),
    ],
)
def test_a_crc_follows_the_last_frame(
    chip: Chip, bits: int, *, wide: bool, polynomial: int, data: bytes, crc: int
) -> None:
    chip["LOOPED_CRCPR"] = polynomial
    chip["LOOPED_CR1"] = _MSTR | _SSM | _CRCEN | (_CRCL if wide else 0)
    frame = _on(chip, bits)
    size = bits // 8
    for at in range(0, len(data), size):
        _write(chip, int.from_bytes(data[at : at + size], "big"), size)
        if at + size == len(data):
            chip["LOOPED_CR1"] |= _CRCNEXT
        chip.run(frame)
        assert chip["LOOPED_DR"] == int.from_bytes(data[at : at + size], "big")
    assert chip["LOOPED_TXCRCR"] == chip["LOOPED_RXCRCR"] == crc
    came = 0
    for _ in range((16 if wide else 8) // bits):
        chip.run(frame)
        came = came << bits | chip["LOOPED_DR"]
    assert came == crc
    assert chip["LOOPED_SR"] & (_CRCERR | _BSY) == 0
    assert not chip["LOOPED_CR1"] & _CRCNEXT
    chip["LOOPED_CR1"] &= ~_CRCEN
    assert chip["LOOPED_TXCRCR"] == 0


def test_a_wrong_crc_is_an_error(chip: Chip) -> None:
    class Deaf(SpiDevice):
        def exchange(self, frame: int, bits: int) -> int:
            return 0x55

    chip.enable("GPIOD")
    Deaf().selected_by(chip.machine, "spi1", "PD14")
    chip["GPIOD_MODER"] = chip["GPIOD_MODER"] & ~(3 << 28) | 1 << 28
    chip["GPIOD_BSRR"] = 1 << 14
    chip["GPIOD_BSRR"] = 1 << 30
    chip["SPI1_CR2"] = 7 << 8 | _FRXTH | 1 << 5
    chip["SPI1_CR1"] = _MSTR | _SSM | _CRCEN | _SPE
    chip.machine.bus_write(chip.registers["SPI1_DR"].address, 0x42, 1)
    chip["SPI1_CR1"] |= _CRCNEXT
    chip.run(20)
    assert not chip["SPI1_SR"] & _CRCERR
    chip.run(20)
    assert chip["SPI1_SR"] & _CRCERR
    assert chip.pends(_INTERRUPTS["SPI1"])
    chip["SPI1_SR"] = 0
    assert not chip["SPI1_SR"] & _CRCERR


def test_a_byte_is_read_alone_whatever_the_threshold(chip: Chip) -> None:
    frame = _on(chip, 8)
    chip["LOOPED_CR2"] = 7 << 8
    _write(chip, 0x3412, 2)
    chip.run(2 * frame)
    address = chip.registers["LOOPED_DR"].address
    assert chip.machine.bus_read(address, 1) == 0x12
    assert chip["LOOPED_SR"] >> 9 & 3 == 1, "FRLVL"
    assert chip.machine.bus_read(address, 1) == 0x34
