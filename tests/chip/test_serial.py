"""USART, UART and LPUART (RM0432 sections 50 and 51)."""

import pytest

from .board import Chip

_UE, _RE, _TE = 1 << 0, 1 << 2, 1 << 3
_IDLEIE, _RXNEIE, _TCIE, _TXEIE, _CMIE, _RTOIE = (1 << bit for bit in (4, 5, 6, 7, 14, 26))
_FIFOEN, _TXFEIE, _RXFFIE = 1 << 29, 1 << 30, 1 << 31
_IDLE, _RXNE, _TC, _TXE, _RTOF, _CMF = (1 << bit for bit in (4, 5, 6, 7, 11, 17))
_ABRF = 1 << 15
_TXFE, _RXFF, _RXFT, _TXFT = 1 << 23, 1 << 24, 1 << 26, 1 << 27
_ON = _UE | _RE | _TE
_BIT = 100
"""Cycles a bit."""
_FRAME = 10 * _BIT
_INTERRUPTS = {"USART1": 37, "USART2": 38, "USART3": 39, "UART4": 52, "UART5": 53, "LPUART1": 70}


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable(*_INTERRUPTS, "DMA1", "DMAMUX1")
    return made


def _set_up(chip: Chip, port: str, control: int) -> None:
    chip[f"{port}_BRR"] = _BIT * (256 if port == "LPUART1" else 1)
    chip[f"{port}_CR1"] = control


@pytest.mark.parametrize("port", _INTERRUPTS)
@pytest.mark.parametrize(
    ("enable", "sends", "receives"),
    [
        (_TXEIE, False, False),
        (_TCIE, False, False),
        (_RXNEIE, False, True),
        (_IDLEIE, False, True),
        (_CMIE, False, True),
    ],
)
def test_each_flag_asks_for_the_interrupt_that_is_enabled(
    chip: Chip, port: str, enable: int, *, sends: bool, receives: bool
) -> None:
    chip[f"{port}_CR2"] = ord("%") << 24
    _set_up(chip, port, _ON)
    chip[f"{port}_CR3"] = 1 << 6
    if receives:
        chip.machine.uart_write(port.lower(), b"%")
        chip.run(3 * _FRAME)
    assert not chip.pends(_INTERRUPTS[port])
    chip[f"{port}_CR1"] |= enable
    assert chip.pends(_INTERRUPTS[port])


def test_the_line_is_idle_a_frame_after_the_last_byte(chip: Chip) -> None:
    _set_up(chip, "USART1", _ON | _RXNEIE)
    chip.machine.uart_write("usart1", b"ab")
    chip.run(1300)
    assert chip["USART1_RDR"] == ord("a")
    chip.run(1300)
    assert chip["USART1_RDR"] == ord("b")
    assert chip["USART1_ISR"] & _IDLE == 0
    chip.run(_FRAME)
    assert chip["USART1_ISR"] & _IDLE
    chip["USART1_ICR"] = _IDLE
    chip.run(10 * _FRAME)
    assert chip["USART1_ISR"] & _IDLE == 0, "once for each silence"


def test_a_receiver_times_out_after_the_bits_of_rtor(chip: Chip) -> None:
    chip["USART2_RTOR"] = 44
    chip["USART2_CR2"] = 1 << 23
    _set_up(chip, "USART2", _ON | _RXNEIE | _RTOIE)
    chip.machine.uart_write("usart2", b"a")
    chip.run(1250 + 43 * _BIT)
    assert chip["USART2_ISR"] & _RTOF == 0
    chip.run(2 * _BIT)
    assert chip["USART2_ISR"] & _RTOF


def test_a_character_matches_wherever_it_comes(chip: Chip) -> None:
    chip["LPUART1_CR2"] = ord("\n") << 24
    _set_up(chip, "LPUART1", _ON | _RXNEIE)
    chip.machine.uart_write("lpuart1", b"a\nb")
    for byte in b"a\nb":
        chip.run(1300)
        assert bool(chip["LPUART1_ISR"] & _CMF) == (byte == ord("\n"))
        chip["LPUART1_ICR"] = _CMF
        assert chip["LPUART1_RDR"] == byte


def test_fifos_of_eight_with_their_thresholds(chip: Chip) -> None:
    chip["USART3_CR3"] = 3 << 25 | 1 << 28 | 5 << 29  # six received; all eight free
    _set_up(chip, "USART3", _ON | _FIFOEN)
    assert chip["USART3_ISR"] & (_TXFE | _TXFT | _TXE) == _TXFE | _TXFT | _TXE
    for byte in b"0123456789":
        chip["USART3_TDR"] = byte
    assert chip["USART3_ISR"] & (_TXFE | _TXFT | _TXE) == 0
    chip.run(11 * _FRAME)
    assert chip.machine.uart_read("usart3") == b"012345679", "the ninth in the FIFO was replaced"
    chip.machine.uart_write("usart3", b"abcdefghij")
    chip.run(5 * 1300)
    assert chip["USART3_ISR"] & (_RXFT | _RXFF) == 0
    chip.run(1300)
    assert chip["USART3_ISR"] & (_RXFT | _RXFF) == _RXFT
    chip.run(4 * 1300)
    assert chip["USART3_ISR"] & (_RXFT | _RXFF) == _RXFT | _RXFF
    assert bytes(chip["USART3_RDR"] for _ in range(8)) == b"abcdefgh"


@pytest.mark.parametrize(("port", "first"), [("USART1", 24), ("UART5", 32), ("LPUART1", 34)])
def test_dma_sends_and_receives(chip: Chip, port: str, first: int) -> None:
    chip.machine.write_memory(0x20002000, b"tinysim")
    for channel, line, control in ((1, first, 0), (2, first + 1, 1 << 4)):
        register = "RDR" if channel == 1 else "TDR"
        chip[f"DMAMUX1_C{channel - 1}CR"] = line
        chip[f"DMA1_CPAR{channel}"] = chip.registers[f"{port}_{register}"].address
        chip[f"DMA1_CMAR{channel}"] = 0x20003000 if channel == 1 else 0x20002000
        chip[f"DMA1_CNDTR{channel}"] = 7
        chip[f"DMA1_CCR{channel}"] = 1 | control | 1 << 7
    chip[f"{port}_CR3"] = 3 << 6
    _set_up(chip, port, _ON)
    chip.machine.uart_write(port.lower(), b"renode?!")
    chip.run(12 * 1300)
    assert chip.machine.uart_read(port.lower()) == b"tinysim"
    assert chip.machine.read_memory(0x20003000, 7) == b"renode?"
    assert chip["DMA1_ISR"] & 0x22 == 0x22
    assert chip[f"{port}_ISR"] & (_TC | _RXNE) == _TC | _RXNE


def test_switching_off_forgets_flags_and_bytes(chip: Chip) -> None:
    _set_up(chip, "USART1", _ON | _RXNEIE)
    chip.machine.uart_write("usart1", b"a")
    chip.run(1300 + _FRAME)
    chip["USART1_CR1"] = 0
    assert chip["USART1_ISR"] == _TXE | _TC


def test_what_a_port_does_not_do_is_reported(chip: Chip) -> None:
    chip["USART1_CR3"] = 1 << 1
    assert chip.reports() == ["unmodelled USART1_CR3.IREN"]


@pytest.mark.parametrize(("power_on", "waiting"), [(True, 0), (False, 3)])
def test_what_a_host_has_sent_is_lost_with_the_power_alone(
    chip: Chip, *, power_on: bool, waiting: int
) -> None:
    chip.machine.uart_write("lpuart1", b"db ")
    if power_on:
        chip.machine.reset()
    else:
        chip.machine.bus_write(0xE000ED0C, 0x05FA0004)  # AIRCR.SYSRESETREQ
        chip.run(100)
    assert chip.machine.uart_pending("lpuart1") == waiting


_HDSEL, _EIE, _OVRDIS, _WUFIE, _ORE, _WUF = 1 << 3, 1 << 0, 1 << 12, 1 << 22, 1 << 3, 1 << 20


@pytest.mark.parametrize("control", [_ON, _UE | _TE])
def test_on_one_line_a_receiver_hears_what_is_sent(chip: Chip, control: int) -> None:
    chip["USART1_CR3"] = _HDSEL
    _set_up(chip, "USART1", control)
    chip["USART1_TDR"] = ord("x")
    chip.run(_FRAME + 10)
    heard = control == _ON
    assert bool(chip["USART1_ISR"] & _RXNE) == heard
    if heard:
        assert chip["USART1_RDR"] == ord("x")


def _paced() -> Chip:
    chip = Chip(**{"uart.input": "line_rate"})
    chip.enable("USART1")
    _set_up(chip, "USART1", _ON)
    return chip


def test_at_the_lines_rate_a_byte_comes_each_frame() -> None:
    chip = _paced()
    chip.machine.uart_write("usart1", b"abc")
    heard = b""
    for _ in range(3):
        chip.run(_FRAME - 10)
        assert not chip["USART1_ISR"] & _RXNE
        chip.run(10)
        assert chip["USART1_ISR"] & _RXNE
        heard += bytes([chip["USART1_RDR"]])
    assert heard == b"abc"
    assert not chip["USART1_ISR"] & _ORE


@pytest.mark.parametrize(
    ("control3", "enable", "overrun", "kept"),
    [
        (0, _RXNEIE, True, b"a"),
        (_EIE, 0, True, b"a"),
        (0, 0, True, b"a"),
        (_OVRDIS | _EIE, 0, False, b"c"),
    ],
)
def test_a_byte_that_nobody_takes_is_an_overrun(
    control3: int, enable: int, overrun: bool, kept: bytes
) -> None:
    chip = _paced()
    chip["USART1_CR3"] = control3
    chip.machine.uart_write("usart1", b"abc")
    chip.run(3 * _FRAME + 10)
    assert bool(chip["USART1_ISR"] & _ORE) == overrun
    assert bytes([chip["USART1_RDR"]]) == kept
    assert not chip["USART1_ISR"] & _RXNE
    chip["USART1_CR1"] |= enable
    assert chip.pends(37) == (overrun and bool(control3 & _EIE or enable))
    chip["USART1_ICR"] = _ORE
    assert not chip["USART1_ISR"] & _ORE


def test_a_fifo_is_overrun_by_its_ninth_byte() -> None:
    chip = _paced()
    chip["USART1_CR1"] = 0
    chip["USART1_CR1"] = _ON | _FIFOEN
    chip.machine.uart_write("usart1", b"012345678")
    chip.run(8 * _FRAME + 10)
    assert not chip["USART1_ISR"] & _ORE
    chip.run(_FRAME)
    assert chip["USART1_ISR"] & _ORE
    assert bytes(chip["USART1_RDR"] for _ in range(8)) == b"01234567"


def test_the_rate_is_found_with_the_first_byte(chip: Chip) -> None:
    chip["USART1_CR2"] = 1 << 20
    _set_up(chip, "USART1", _ON)
    assert not chip["USART1_ISR"] & _ABRF
    chip.machine.uart_write("usart1", b"U")
    assert chip["USART1_ISR"] & _ABRF
    chip["USART1_ICR"] = 0xFFFFFFFF
    assert chip["USART1_ISR"] & _ABRF
    chip["USART1_RQR"] = 1
    assert not chip["USART1_ISR"] & _ABRF


def test_a_clocked_line_brings_a_frame_for_each_that_goes_out(chip: Chip) -> None:
    chip["USART1_CR2"] = 1 << 11
    _set_up(chip, "USART1", _ON)
    chip["USART1_TDR"] = 0x12
    chip.run(_FRAME + 1)
    assert chip["USART1_ISR"] & _RXNE
    assert chip["USART1_RDR"] == 0xFF
    assert chip.machine.uart_read("usart1") == b"\x12"


@pytest.mark.parametrize(
    ("control", "line"), [(1 << 18, 0x2F), (1 << 19, 0x0B), (1 << 18 | 1 << 19, 0xF4)]
)
def test_bits_may_be_inverted_and_come_highest_first(chip: Chip, control: int, line: int) -> None:
    chip["USART1_CR2"] = control
    _set_up(chip, "USART1", _ON)
    chip["USART1_TDR"] = 0xD0
    chip.run(_FRAME + 1)
    assert chip.machine.uart_read("usart1") == bytes([line])
    chip.machine.uart_write("usart1", bytes([line]))
    assert chip["USART1_ISR"] & _RXNE
    assert chip["USART1_RDR"] == 0xD0
