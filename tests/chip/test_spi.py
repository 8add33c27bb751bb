"""SPI as a master, its output joined to its input (RM0432 section 52)."""

import pytest

from .board import Chip

_MSTR, _SPE, _SSM, _RXONLY = 1 << 2, 1 << 6, 3 << 8, 1 << 10
_RXNEIE, _TXEIE, _FRXTH = 1 << 6, 1 << 7, 1 << 12
_RXNE, _TXE, _OVR, _BSY = 1 << 0, 1 << 1, 1 << 6, 1 << 7
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
