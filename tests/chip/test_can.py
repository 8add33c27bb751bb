"""CAN: modes, frames to itself, filters, and a line without another node (RM0432, bxCAN)."""

import pytest

from .board import Chip

_INRQ, _SLEEP, _TXFP, _NART = 1 << 0, 1 << 1, 1 << 2, 1 << 4
_INAK, _SLAK, _ERRI, _SLAKI = 1 << 0, 1 << 1, 1 << 2, 1 << 4
_LBKM, _SILM = 1 << 30, 1 << 31
_TXRQ, _RTR, _IDE = 1, 2, 4
_RQCP, _TXOK, _TERR, _ABRQ = 1, 2, 8, 1 << 7
_TX, _RX0, _RX1, _SCE = 19, 20, 21, 22
_BIT = 8
"""In cycles: 500 kbit/s at 4 MHz."""
_TIMING = 4 << 16 | 1 << 20
"""One quantum, and five and two more."""


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("CAN1")
    return made


def _start(chip: Chip, mode: int = _LBKM | _SILM, control: int = 0) -> None:
    """As a driver does: initialise, time, one filter that lets all through to FIFO 0."""
    chip["CAN1_MCR"] = _INRQ
    assert chip["CAN1_MSR"] & (_INAK | _SLAK) == _INAK
    chip["CAN1_BTR"] = _TIMING | mode
    chip["CAN1_FS1R"] = 1
    chip["CAN1_F0R1"] = chip["CAN1_F0R2"] = 0
    chip["CAN1_FA1R"] = 1
    chip["CAN1_FMR"] = 0
    chip["CAN1_MCR"] = control
    chip.run(12 * _BIT)
    assert not chip["CAN1_MSR"] & (_INAK | _SLAK)


def _send(chip: Chip, identifier: int, data: bytes = b"", mailbox: int = 0) -> None:
    chip[f"CAN1_TDT{mailbox}R"] = len(data)
    chip[f"CAN1_TDL{mailbox}R"] = int.from_bytes(data[:4], "little")
    chip[f"CAN1_TDH{mailbox}R"] = int.from_bytes(data[4:], "little")
    chip[f"CAN1_TI{mailbox}R"] = identifier | _TXRQ


def _standard(identifier: int) -> int:
    return identifier << 21


def _extended(identifier: int) -> int:
    return identifier << 3 | _IDE


def _taken(chip: Chip, fifo: int = 0) -> list[int]:
    """The identifier registers of what is in a FIFO, which is empty then."""
    result = []
    while chip[f"CAN1_RF{fifo}R"] & 3:
        result.append(chip[f"CAN1_RI{fifo}R"])
        chip[f"CAN1_RF{fifo}R"] = 1 << 5
    return result


def test_it_sleeps_after_a_reset_until_it_is_to_initialise(chip: Chip) -> None:
    assert chip["CAN1_MSR"] & (_INAK | _SLAK) == _SLAK
    chip["CAN1_MCR"] |= _INRQ
    assert chip["CAN1_MSR"] & (_INAK | _SLAK) == _INAK
    chip["CAN1_MCR"] &= ~_INRQ
    assert chip["CAN1_MSR"] & (_INAK | _SLAK) == _SLAK
    chip["CAN1_MCR"] = _INRQ
    assert chip["CAN1_MSR"] & (_INAK | _SLAK) == _INAK


def test_normal_operation_begins_after_eleven_bits(chip: Chip) -> None:
    chip["CAN1_MCR"] = _INRQ
    chip["CAN1_BTR"] = _TIMING
    chip["CAN1_MCR"] = 0
    chip.run(11 * _BIT - 20)
    assert chip["CAN1_MSR"] & _INAK
    chip.run(30)
    assert not chip["CAN1_MSR"] & _INAK


def test_timing_is_set_in_initialisation_alone(chip: Chip) -> None:
    before = chip["CAN1_BTR"]
    chip["CAN1_BTR"] = _TIMING
    assert chip["CAN1_BTR"] == before
    _start(chip)
    assert chip["CAN1_BTR"] == _TIMING | _LBKM | _SILM


def test_a_frame_comes_back_in_loop_back_mode(chip: Chip) -> None:
    _start(chip)
    chip["CAN1_IER"] = 1 << 0 | 1 << 1
    _send(chip, _standard(0x123), b"\x11\x22\x33\x44\x55\x66")
    assert chip.field("CAN1_TSR", "TME") == 6
    chip.run(40 * _BIT)
    assert not chip.pends(_TX)
    chip.run(90 * _BIT)
    assert chip["CAN1_TSR"] & 0xF == _RQCP | _TXOK
    assert chip.field("CAN1_TSR", "TME") == 7
    assert chip.pends(_TX) and chip.pends(_RX0) and not chip.pends(_RX1)
    assert chip["CAN1_RF0R"] == 1
    assert chip["CAN1_RI0R"] == _standard(0x123)
    assert (chip["CAN1_RDT0R"], chip["CAN1_RDL0R"], chip["CAN1_RDH0R"]) == (6, 0x44332211, 0x6655)
    assert _taken(chip) == [_standard(0x123)]
    chip["CAN1_TSR"] = _RQCP
    assert chip["CAN1_TSR"] & 0xF == 0


@pytest.mark.parametrize(
    ("identifier", "data", "bits"),
    [
        # 44 bits and the space of 3; a bit is stuffed in after each five equal ones.
        (_standard(0x555), b"\x55", 55),
        (_standard(0x000) | _RTR, b"", 47 + 3 + 1),
        (_extended(0x15555555), b"\x55", 75),
    ],
)
def test_a_frame_takes_its_bits_and_those_stuffed_in(
    chip: Chip, identifier: int, data: bytes, bits: int
) -> None:
    _start(chip)
    start = chip.machine.cycles
    _send(chip, identifier, data)
    while not chip["CAN1_TSR"] & _RQCP:
        chip.run(_BIT)
    assert (chip.machine.cycles - start) // _BIT == pytest.approx(bits, abs=4)


@pytest.mark.parametrize(
    ("control", "order"), [(0, [0x100, 0x200, 0x300]), (_TXFP, [0x300, 0x100, 0x200])]
)
def test_the_lowest_identifier_or_the_oldest_request_goes_first(
    chip: Chip, control: int, order: list[int]
) -> None:
    _start(chip, control=control)
    chip["CAN1_MCR"] |= _INRQ
    for mailbox, identifier in enumerate((0x300, 0x100, 0x200)):
        _send(chip, _standard(identifier), mailbox=mailbox)
    assert chip.field("CAN1_TSR", "TME") == 0
    assert chip.field("CAN1_TSR", "LOW") == (1 if control else 2)
    chip["CAN1_MCR"] = control
    chip.run(200 * _BIT)
    assert _taken(chip) == [_standard(identifier) for identifier in order]


def test_a_full_fifo_loses_the_last_frame_or_the_new_one(chip: Chip) -> None:
    for control, kept in ((0, [1, 2, 4]), (1 << 3, [1, 2, 3])):
        chip.pulse_reset()
        _start(chip, control=control)
        chip["CAN1_IER"] = 1 << 2 | 1 << 3
        for identifier in range(1, 5):
            _send(chip, _standard(identifier))
            chip.run(80 * _BIT)
        assert chip["CAN1_RF0R"] == 3 | 1 << 3 | 1 << 4
        assert chip.pends(_RX0)
        assert _taken(chip) == [_standard(identifier) for identifier in kept]
        chip["CAN1_RF0R"] = 1 << 3 | 1 << 4
        assert chip["CAN1_RF0R"] == 0


def test_filters_choose_a_fifo_and_are_counted(chip: Chip) -> None:
    _start(chip)
    chip["CAN1_FMR"] = 1
    # Bank 0: all of 32 bits under a mask, FIFO 0. Bank 1: two of 32 bits as a list, FIFO 1.
    # Bank 2: four of 16 bits as a list, FIFO 1. Bank 3: two of 16 bits under masks, FIFO 0.
    chip["CAN1_FM1R"], chip["CAN1_FS1R"], chip["CAN1_FFA1R"] = 0b0110, 0b0011, 0b0110
    chip["CAN1_F0R1"], chip["CAN1_F0R2"] = _extended(0x1000), 0x1FFFF000 << 3 | _IDE
    chip["CAN1_F1R1"], chip["CAN1_F1R2"] = _standard(0x10), _extended(0x1001)
    chip["CAN1_F2R1"], chip["CAN1_F2R2"] = 0x20 << 5 | 0x21 << 21, 0x22 << 5 | 0x23 << 21
    chip["CAN1_F3R1"] = 0x400 << 5 | 0x7F0 << 21
    chip["CAN1_F3R2"] = 0x500 << 5 | 0x7F0 << 21
    chip["CAN1_FA1R"] = 0b1111
    chip["CAN1_FMR"] = 0
    expected = {
        _standard(0x10): (1, 0),
        _extended(0x1001): (1, 1),  # a list goes before the mask of bank 0
        _extended(0x1002): (0, 0),
        _standard(0x23): (1, 5),
        _standard(0x40F): (0, 1),
        _standard(0x501): (0, 2),
        _standard(0x600): None,
        _extended(0x2000): None,
    }
    for identifier, place in expected.items():
        _send(chip, identifier)
        chip.run(150 * _BIT)
        found = None
        for fifo in (0, 1):
            if chip[f"CAN1_RF{fifo}R"] & 3:
                found = (fifo, chip[f"CAN1_RDT{fifo}R"] >> 8 & 0xFF)
                assert _taken(chip, fifo) == [identifier]
        assert found == place, hex(identifier)


def test_nothing_is_received_while_filters_are_set_up(chip: Chip) -> None:
    _start(chip)
    chip["CAN1_FMR"] = 1
    _send(chip, _standard(1))
    chip.run(100 * _BIT)
    assert chip["CAN1_TSR"] & _TXOK
    assert chip["CAN1_RF0R"] == 0


def test_a_frame_that_nobody_acknowledges_is_repeated_until_it_is_aborted(chip: Chip) -> None:
    _start(chip, mode=0)
    chip["CAN1_IER"] = 1 << 8 | 1 << 15
    _send(chip, _standard(0x123))
    chip.run(70 * _BIT)
    assert chip.field("CAN1_ESR", "LEC") == 3
    assert chip.field("CAN1_ESR", "TEC") == 8
    assert not chip["CAN1_TSR"] & _RQCP and not chip.pends(_SCE)
    chip.run(2000 * _BIT)
    assert chip.field("CAN1_ESR", "TEC") == 128
    assert chip["CAN1_ESR"] & 7 == 3, "passive, and not off the bus"
    assert chip.pends(_SCE) and chip["CAN1_MSR"] & _ERRI
    chip["CAN1_TSR"] = _ABRQ
    chip.run(100 * _BIT)
    assert chip["CAN1_TSR"] & 0xF == _RQCP


def test_without_repetition_it_ends_in_an_error(chip: Chip) -> None:
    _start(chip, mode=0, control=_NART)
    _send(chip, _standard(0x123))
    chip.run(100 * _BIT)
    assert chip["CAN1_TSR"] & 0xF == _RQCP | _TERR


def test_a_silent_node_sends_nothing(chip: Chip) -> None:
    _start(chip, mode=_SILM)
    _send(chip, _standard(0x123))
    chip.run(500 * _BIT)
    assert not chip["CAN1_TSR"] & _RQCP
    assert chip["CAN1_ESR"] == 0


def test_going_to_sleep_asks_for_its_interrupt(chip: Chip) -> None:
    _start(chip)
    chip["CAN1_IER"] = 1 << 17
    chip["CAN1_MCR"] = _SLEEP
    assert chip["CAN1_MSR"] & (_SLAK | _SLAKI) == _SLAK | _SLAKI
    assert chip.pends(_SCE)


def test_a_frame_under_way_goes_on_from_a_snapshot(chip: Chip) -> None:
    _start(chip)
    _send(chip, _standard(0x123), b"12345678")
    chip.run(20 * _BIT)
    state = chip.machine.snapshot()
    chip.run(150 * _BIT)
    assert _taken(chip) == [_standard(0x123)]
    chip.machine.restore(state)
    assert chip["CAN1_RF0R"] == 0
    chip.run(150 * _BIT)
    assert _taken(chip) == [_standard(0x123)]
