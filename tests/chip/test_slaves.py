"""I2C and SPI as slaves of a master in Python (RM0432 49.4.8 and 52.4)."""

import pytest

from tinysim.devices import Answer, I2cMaster, SpiMaster
from tinysim.errors import EngineError

from .board import Chip

_PE, _TXIE, _RXIE, _ADDRIE, _NACKIE, _STOPIE, _ERRIE = (1 << bit for bit in (0, 1, 2, 3, 4, 5, 7))
_NOSTRETCH, _GCEN = 1 << 17, 1 << 19
_TXE, _TXIS, _RXNE, _ADDR, _NACKF, _STOPF, _OVR, _BUSY, _DIR = (
    1 << bit for bit in (0, 1, 2, 3, 4, 5, 10, 15, 16)
)
_OWN = 0x2A
_EVENT, _ERROR = 31, 32
_BYTE = 9 * 40
"""Cycles of MSI at 100 kHz."""

_SPE, _SSI, _SSM = 1 << 6, 1 << 8, 1 << 9
_FRAME = 8 * 4
_SPI_RXNE, _SPI_OVR, _SPI_BSY, _RXNEIE, _FRXTH = 1 << 0, 1 << 6, 1 << 7, 1 << 6, 1 << 12


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("I2C1", "SPI1", "DMA1", "DMAMUX1")
    made["I2C1_OAR1"] = 1 << 15 | _OWN << 1
    made["I2C1_CR1"] = _PE
    made["SPI1_CR2"] = 7 << 8 | _FRXTH
    return made


def _until(chip: Chip, flag: int) -> int:
    """Run until a flag of ISR is up; ISR then."""
    for _ in range(20 * _BYTE):
        if chip["I2C1_ISR"] & flag:
            return chip["I2C1_ISR"]
        chip.run(1)
    raise AssertionError(hex(chip["I2C1_ISR"]))


def test_a_byte_that_is_not_taken_holds_the_clock(chip: Chip) -> None:
    master = I2cMaster(chip.machine)
    master.transfer(_OWN, b"abc")
    status = _until(chip, _ADDR)
    assert status & (_BUSY | _DIR | _RXNE) == _BUSY
    assert chip["I2C1_ISR"] >> 17 & 0x7F == _OWN
    chip.run(10 * _BYTE)
    assert not chip["I2C1_ISR"] & _RXNE
    chip["I2C1_ICR"] = _ADDR
    taken = bytearray()
    for left in (2, 1, 0):
        _until(chip, _RXNE)
        chip.run(5 * _BYTE)
        assert master.is_done is (left == 0)  # the last byte is acknowledged as it comes
        taken.append(chip["I2C1_RXDR"])
    assert taken == b"abc"
    assert not _until(chip, _STOPF) & _BUSY
    assert master.answers() == [Answer(acknowledged=True, data=b"")]


def test_a_byte_takes_nine_bits_of_the_masters_clock(chip: Chip) -> None:
    I2cMaster(chip.machine).transfer(_OWN, b"a")
    chip.run(_BYTE - 20)
    assert not chip["I2C1_ISR"] & _ADDR
    chip.run(40)
    assert chip["I2C1_ISR"] & _ADDR
    chip["I2C1_ICR"] = _ADDR
    chip.run(_BYTE - 40)
    assert not chip["I2C1_ISR"] & _RXNE
    chip.run(60)
    assert chip["I2C1_ISR"] & _RXNE


def test_it_sends_what_the_firmware_has_and_waits_for_what_it_has_not(chip: Chip) -> None:
    master = I2cMaster(chip.machine)
    master.transfer(_OWN, reads=3)
    assert _until(chip, _ADDR) & _DIR
    assert not chip["I2C1_ISR"] & _TXIS
    chip["I2C1_ICR"] = _ADDR
    for byte in b"xyz":
        _until(chip, _TXIS)
        chip.run(5 * _BYTE)
        chip["I2C1_TXDR"] = byte
        assert not chip["I2C1_ISR"] & _TXIS
    status = _until(chip, _STOPF)
    assert status & _NACKF  # the master's, after its last byte
    assert status & _TXE
    assert master.answers() == [Answer(acknowledged=True, data=b"xyz")]


def test_a_repeated_start_turns_the_direction(chip: Chip) -> None:
    master = I2cMaster(chip.machine)
    master.transfer(_OWN, b"\x07", reads=1)
    _until(chip, _ADDR)
    chip["I2C1_ICR"] = _ADDR
    _until(chip, _RXNE)
    assert chip["I2C1_RXDR"] == 7
    assert _until(chip, _ADDR) & (_DIR | _STOPF) == _DIR
    chip["I2C1_ICR"] = _ADDR
    chip["I2C1_TXDR"] = 0x99
    _until(chip, _STOPF)
    assert master.answers() == [Answer(acknowledged=True, data=b"\x99")]


@pytest.mark.parametrize(
    ("oar1", "oar2", "control", "address", "called"),
    [
        (1 << 15 | 0x10 << 1, 0, 0, 0x10, True),
        (0x10 << 1, 0, 0, 0x10, False),
        (1 << 15 | 0x10 << 1, 0, 0, 0x11, False),
        (0, 1 << 15 | 0x20 << 1, 0, 0x20, True),
        (0, 1 << 15 | 0x20 << 1, 0, 0x21, False),
        (0, 1 << 15 | 0x20 << 1 | 2 << 8, 0, 0x23, True),
        (0, 1 << 15 | 0x20 << 1 | 2 << 8, 0, 0x24, False),
        (0, 1 << 15 | 7 << 8, 0, 0x5A, True),
        (0, 1 << 15 | 7 << 8, 0, 0x7F, False),
        (0, 0, 0, 0, False),
        (0, 0, _GCEN, 0, True),
    ],
)
def test_which_addresses_are_its_own(
    chip: Chip, oar1: int, oar2: int, control: int, address: int, *, called: bool
) -> None:
    chip["I2C1_OAR1"] = oar1
    chip["I2C1_OAR2"] = oar2
    chip["I2C1_CR1"] = _PE | control
    master = I2cMaster(chip.machine)
    master.transfer(address, b"")
    chip.run(3 * _BYTE)
    assert bool(chip["I2C1_ISR"] & _ADDR) is called
    chip["I2C1_ICR"] = _ADDR
    chip.run(3 * _BYTE)
    assert master.answers() == [Answer(acknowledged=called, data=b"")]


def test_nack_refuses_the_next_byte_alone(chip: Chip) -> None:
    master = I2cMaster(chip.machine)
    master.transfer(_OWN, b"ab")
    master.transfer(_OWN, b"c")
    _until(chip, _ADDR)
    chip["I2C1_CR2"] = 1 << 15
    chip["I2C1_ICR"] = _ADDR
    _until(chip, _STOPF)
    assert chip["I2C1_RXDR"] == ord("a")
    assert not chip["I2C1_CR2"] & 1 << 15
    chip["I2C1_ICR"] = _STOPF
    _until(chip, _ADDR)
    chip["I2C1_ICR"] = _ADDR
    _until(chip, _RXNE)
    assert chip["I2C1_RXDR"] == ord("c")
    _until(chip, _STOPF)
    assert [answer.acknowledged for answer in master.answers()] == [False, True]


def test_without_stretching_a_late_byte_is_an_overrun(chip: Chip) -> None:
    chip["I2C1_CR1"] = _PE | _NOSTRETCH | _ERRIE
    master = I2cMaster(chip.machine)
    master.transfer(_OWN, b"ab")
    chip.run(5 * _BYTE)
    assert chip["I2C1_ISR"] & (_OVR | _STOPF) == _OVR | _STOPF
    assert chip.pends(_ERROR)
    assert master.answers() == [Answer(acknowledged=False, data=b"")]
    chip["I2C1_ICR"] = _OVR
    assert not chip["I2C1_ISR"] & _OVR


@pytest.mark.parametrize(
    ("enable", "flag"),
    [(_ADDRIE, _ADDR), (_RXIE, _RXNE), (_STOPIE, _STOPF), (_TXIE, _TXIS), (_NACKIE, _NACKF)],
)
def test_each_event_of_a_slave_asks_for_its_interrupt(chip: Chip, enable: int, flag: int) -> None:
    reads = enable in (_TXIE, _NACKIE)
    chip["I2C1_CR1"] = _PE | enable
    I2cMaster(chip.machine).transfer(_OWN, b"" if reads else b"a", reads=int(reads))
    for _ in range(10 * _BYTE):
        status = chip["I2C1_ISR"]
        assert chip.pends(_EVENT) == bool(status & flag)
        if status & flag:
            return
        chip["I2C1_ICR"] = status & _ADDR & ~flag
        if reads and enable != _TXIE and status & _TXIS:
            chip["I2C1_TXDR"] = 1
        if not reads and status & _RXNE:
            assert chip["I2C1_RXDR"] == ord("a")
        chip.run(1)
    raise AssertionError(hex(chip["I2C1_ISR"]))


def test_dma_receives_as_a_slave(chip: Chip) -> None:
    chip["DMAMUX1_C0CR"] = 16
    chip["DMA1_CPAR1"] = chip.registers["I2C1_RXDR"].address
    chip["DMA1_CMAR1"] = 0x20002000
    chip["DMA1_CNDTR1"] = 4
    chip["DMA1_CCR1"] = 1 | 1 << 7
    chip["I2C1_CR1"] = _PE | 1 << 15
    I2cMaster(chip.machine).transfer(_OWN, b"tiny")
    _until(chip, _ADDR)
    chip["I2C1_ICR"] = _ADDR
    _until(chip, _STOPF)
    assert chip.machine.read_memory(0x20002000, 4) == b"tiny"


def test_a_snapshot_goes_on_in_the_middle_of_a_transfer(chip: Chip) -> None:
    master = I2cMaster(chip.machine)
    master.transfer(_OWN, b"ab")
    _until(chip, _ADDR)
    state = chip.machine.snapshot()
    for _ in range(2):
        chip.machine.restore(state)
        chip["I2C1_ICR"] = _ADDR
        taken = bytearray()
        for _ in range(2):
            _until(chip, _RXNE)
            taken.append(chip["I2C1_RXDR"])
        _until(chip, _STOPF)
        assert taken == b"ab"
        assert master.answers() == [Answer(acknowledged=True, data=b"")]


def test_a_reset_of_the_port_lets_the_master_go(chip: Chip) -> None:
    master = I2cMaster(chip.machine)
    master.transfer(_OWN, b"ab")
    _until(chip, _ADDR)
    chip["RCC_APB1RSTR1"] = 1 << 21
    chip["RCC_APB1RSTR1"] = 0
    chip.run(5 * _BYTE)
    assert master.is_done
    assert chip["I2C1_ISR"] == _TXE


def _write(chip: Chip, value: int, size: int = 1) -> None:
    chip.machine.bus_write(chip.registers["SPI1_DR"].address, value, size)


def _read(chip: Chip, size: int = 1) -> int:
    return chip.machine.bus_read(chip.registers["SPI1_DR"].address, size)


@pytest.mark.parametrize("control", [0, _SSM], ids=["NSS", "SSM"])
def test_frames_are_exchanged_at_the_masters_rate(chip: Chip, control: int) -> None:
    chip["SPI1_CR1"] = _SPE | control
    master = SpiMaster(chip.machine)
    _write(chip, 0x11)
    _write(chip, 0x22)
    chip.run(1000)
    assert not chip["SPI1_SR"] & (_SPI_BSY | _SPI_RXNE)
    master.transfer(b"\xa5\x5a")
    chip.run(4 + _FRAME - 4)
    assert chip["SPI1_SR"] & (_SPI_BSY | _SPI_RXNE) == _SPI_BSY
    chip.run(8)
    assert chip["SPI1_SR"] & _SPI_RXNE
    assert _read(chip) == 0xA5
    chip.run(_FRAME + 10)
    assert _read(chip) == 0x5A
    assert master.is_done
    assert master.received() == b"\x11\x22"
    assert not chip["SPI1_SR"] & _SPI_BSY


@pytest.mark.parametrize("control", [_SPE | _SSM | _SSI, _SSM], ids=["deselected", "off"])
def test_a_port_that_is_not_selected_hears_nothing(chip: Chip, control: int) -> None:
    chip["SPI1_CR1"] = control
    master = SpiMaster(chip.machine)
    master.transfer(b"ab")
    chip.run(1000)
    assert not chip["SPI1_SR"] & _SPI_RXNE
    assert master.received() == bytes(2)


def test_a_slave_that_is_too_slow_overruns(chip: Chip) -> None:
    chip["SPI1_CR1"] = _SPE | _SSM
    chip["SPI1_CR2"] |= _RXNEIE
    SpiMaster(chip.machine).transfer(bytes(range(6)))
    chip.run(1000)
    assert chip["SPI1_SR"] & _SPI_OVR
    assert chip.pends(35)
    assert [_read(chip) for _ in range(4)] == [0, 1, 2, 3]


def test_frames_of_16_bits(chip: Chip) -> None:
    chip["SPI1_CR2"] = 15 << 8
    chip["SPI1_CR1"] = _SPE | _SSM
    master = SpiMaster(chip.machine, bits=16)
    _write(chip, 0xBEEF, 2)
    master.transfer(b"\x34\x12")
    chip.run(1000)
    assert _read(chip, 2) == 0x1234
    assert master.received() == b"\xef\xbe"
    with pytest.raises(EngineError, match="2 bytes each"):
        master.transfer(b"abc")


def test_frames_of_another_length_are_reported(chip: Chip) -> None:
    chip["SPI1_CR1"] = _SPE | _SSM
    SpiMaster(chip.machine, bits=16).transfer(b"ab")
    chip.run(1000)
    assert "spi spi1: the master's frames are not as long as CR2.DS says" in chip.reports()


def test_a_transfer_begins_when_it_is_asked_to(chip: Chip) -> None:
    chip["SPI1_CR1"] = _SPE | _SSM
    SpiMaster(chip.machine).transfer(b"a", at_s=0.01)
    chip.run(39_900)
    assert not chip["SPI1_SR"] & _SPI_BSY
    chip.run(200)
    assert chip["SPI1_SR"] & _SPI_RXNE


def test_a_master_needs_its_own_kind_of_bus(chip: Chip) -> None:
    with pytest.raises(EngineError, match="no device for i2c1"):
        SpiMaster(chip.machine, "i2c1")
    with pytest.raises(EngineError, match="no address of 7 bits"):
        I2cMaster(chip.machine, "i2c2").transfer(0x80)
