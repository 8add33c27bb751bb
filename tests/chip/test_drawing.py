"""DMA2D fills, copies, converts and blends (RM0432, DMA2D)."""

import pytest

from .board import Chip

_ARGB8888, _RGB888, _RGB565, _ARGB1555, _ARGB4444, _L8, _AL44, _AL88, _L4, _A8, _A4 = range(11)
_COPY, _CONVERT, _BLEND, _FILL, _FIXED_FRONT, _FIXED_BACK = range(6)
_TEIF, _TCIF, _TWIF, _CTCIF, _CEIF = 1 << 0, 1 << 1, 1 << 2, 1 << 4, 1 << 5
_FRONT, _BACK, _OUT, _PALETTE = 0x20001000, 0x20002000, 0x20003000, 0x20004000
_INTERRUPT = 90


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("DMA2D")
    made["DMA2D_FGMAR"], made["DMA2D_BGMAR"], made["DMA2D_OMAR"] = _FRONT, _BACK, _OUT
    return made


def _draw(chip: Chip, mode: int, width: int, lines: int = 1, enables: int = 0) -> int:
    chip["DMA2D_NLR"] = width << 16 | lines
    chip["DMA2D_CR"] = 1 | mode << 16 | enables
    chip.run(1000)
    assert not chip["DMA2D_CR"] & 1
    flags = chip["DMA2D_ISR"]
    chip["DMA2D_IFCR"] = flags
    assert chip["DMA2D_ISR"] == 0
    return flags


def _words(chip: Chip, count: int, size: int = 4) -> list[int]:
    data = chip.machine.read_memory(_OUT, count * size)
    return [int.from_bytes(data[i : i + size], "little") for i in range(0, len(data), size)]


def test_a_rectangle_is_filled_and_its_surroundings_are_not(chip: Chip) -> None:
    chip.machine.write_memory(_OUT, b"\xee" * 32)
    chip["DMA2D_OPFCCR"] = _RGB565
    chip["DMA2D_OCOLR"] = 0x1234
    chip["DMA2D_OOR"] = 2
    assert _draw(chip, _FILL, 3, 2, 1 << 9) == _TCIF | _TWIF
    e = 0xEEEE
    assert _words(chip, 10, 2) == [0x1234] * 3 + [e, e] + [0x1234] * 3 + [e, e]
    assert chip.pends(_INTERRUPT)


def test_a_copy_changes_nothing_and_offsets_may_be_bytes(chip: Chip) -> None:
    chip.machine.write_memory(_FRONT, bytes(range(1, 33)))
    chip["DMA2D_FGPFCCR"] = _RGB888
    chip["DMA2D_FGOR"] = 1
    _draw(chip, _COPY, 2, 2, 1 << 6)
    assert chip.machine.read_memory(_OUT, 12) == bytes([*range(1, 7), *range(8, 14)])
    chip["DMA2D_FGPFCCR"], chip["DMA2D_FGOR"] = _L4, 0
    chip.machine.write_memory(_OUT, bytes(4))
    _draw(chip, _COPY, 6)
    assert chip.machine.read_memory(_OUT, 4) == b"\x01\x02\x03\x00"


@pytest.mark.parametrize(
    ("form", "data", "colors"),
    [
        (_ARGB8888, "78563412", [0x12345678]),
        (_RGB888, "563412efcdab", [0xFF123456, 0xFFABCDEF]),
        (_RGB565, "1ff8e007", [0xFFFF00FF, 0xFF00FF00]),
        (_ARGB1555, "10fc007c", [0xFFFF0084, 0x00FF0000]),
        (_ARGB4444, "cdab", [0xAABBCCDD]),
        (_L8, "0103", [0x11223344, 0x99AABBCC]),
        (_AL44, "c1", [0xCC223344]),
        (_AL88, "0340", [0x40AABBCC]),
        (_L4, "31", [0x11223344, 0x99AABBCC]),
        (_A8, "80", [0x80102030]),
        (_A4, "f0", [0x00102030, 0xFF102030]),
    ],
)
def test_every_format_is_understood(chip: Chip, form: int, data: str, colors: list[int]) -> None:
    chip["DMA2D_FGCLUT1"], chip["DMA2D_FGCLUT3"] = 0x11223344, 0x99AABBCC
    chip["DMA2D_FGCOLR"] = 0x102030
    chip.machine.write_memory(_FRONT, bytes.fromhex(data))
    chip["DMA2D_FGPFCCR"] = form
    assert _draw(chip, _CONVERT, len(colors)) & _TCIF
    assert _words(chip, len(colors)) == colors


@pytest.mark.parametrize(
    ("control", "value", "size"),
    [
        (_ARGB8888, 0x81F26385, 4),
        (_RGB888, 0xF26385, 3),
        (_RGB565, 0xF310, 2),
        (_ARGB1555, 0xF990, 2),
        (_ARGB4444, 0x8F68, 2),
        (_RGB565 | 1 << 21, 0x831E, 2),
        (_RGB565 | 1 << 8, 0x10F3, 2),
        (_ARGB8888 | 1 << 20, 0x7EF26385, 4),
    ],
)
def test_every_format_is_written(chip: Chip, control: int, value: int, size: int) -> None:
    chip.machine.write_memory(_FRONT, (0x81F26385).to_bytes(4, "little"))
    chip["DMA2D_OPFCCR"] = control
    _draw(chip, _CONVERT, 1)
    assert _words(chip, 1, size) == [value]


@pytest.mark.parametrize(
    ("control", "color"),
    [
        (1 << 16 | 0x40 << 24, 0x40102030),
        (2 << 16 | 0x80 << 24, 0x40102030),
        (1 << 20, 0x7F102030),
        (1 << 20 | 1 << 16 | 0x40 << 24, 0xBF102030),
        (1 << 21, 0x80302010),
    ],
)
def test_alpha_and_the_order_of_colors_are_changed(chip: Chip, control: int, color: int) -> None:
    chip.machine.write_memory(_FRONT, (0x80102030).to_bytes(4, "little"))
    chip["DMA2D_FGPFCCR"] = control
    _draw(chip, _CONVERT, 1)
    assert _words(chip, 1) == [color]


@pytest.mark.parametrize(
    ("front", "back", "color"),
    [
        (0xFF112233, 0xFF445566, 0xFF112233),
        (0x00112233, 0xFF445566, 0xFF445566),
        (0x80FF0000, 0xFF0000FF, 0xFF80007F),
        (0x40FF0000, 0x800000FF, 0xA0660099),
        (0, 0, 0),
    ],
)
def test_a_foreground_lies_over_its_background(
    chip: Chip, front: int, back: int, color: int
) -> None:
    chip.machine.write_memory(_FRONT, front.to_bytes(4, "little"))
    chip.machine.write_memory(_BACK, back.to_bytes(4, "little"))
    _draw(chip, _BLEND, 1)
    assert _words(chip, 1) == [color]


def test_one_of_two_planes_can_be_a_color(chip: Chip) -> None:
    chip.machine.write_memory(_FRONT, (0x80FF0000).to_bytes(4, "little"))
    chip.machine.write_memory(_BACK, (0xFF0000FF).to_bytes(4, "little"))
    chip["DMA2D_FGCOLR"], chip["DMA2D_BGCOLR"] = 0xFF0000, 0x0000FF
    _draw(chip, _FIXED_BACK, 1)
    assert _words(chip, 1) == [0xFF80007F]
    chip["DMA2D_FGPFCCR"] = 1 << 16 | 0x80 << 24
    _draw(chip, _FIXED_FRONT, 1)
    assert _words(chip, 1) == [0xFF80007F]


def test_a_palette_is_loaded(chip: Chip) -> None:
    chip.machine.write_memory(_PALETTE, bytes.fromhex("030201 060504 090807"))
    chip["DMA2D_FGCMAR"] = _PALETTE
    chip["DMA2D_FGPFCCR"] = _L8 | 1 << 4 | 1 << 5 | 1 << 8
    assert chip["DMA2D_ISR"] == _CTCIF
    assert chip["DMA2D_FGCLUT1"] == 0x040506
    assert chip["DMA2D_FGCLUT2"] == 0
    chip["DMA2D_IFCR"] = _CTCIF
    chip.machine.write_memory(_FRONT, b"\x01\x00")
    _draw(chip, _CONVERT, 2)
    assert _words(chip, 2) == [0xFF040506, 0xFF010203]


@pytest.mark.parametrize("what", ["empty", "format", "alignment", "mode"])
def test_what_cannot_be_drawn_is_an_error(chip: Chip, what: str) -> None:
    if what == "format":
        chip["DMA2D_FGPFCCR"] = 11
    if what == "alignment":
        chip["DMA2D_OMAR"] = _OUT + 2
    flags = _draw(chip, 6 if what == "mode" else _CONVERT, 0 if what == "empty" else 1)
    assert flags == _CEIF


def test_an_address_without_memory_is_an_error(chip: Chip) -> None:
    chip["DMA2D_OMAR"] = 0x30000000
    assert _draw(chip, _FILL, 1) == _TEIF


def test_a_line_takes_its_time_and_can_be_watched_and_stopped(chip: Chip) -> None:
    chip["DMA2D_LWR"] = 1
    chip["DMA2D_NLR"] = 100 << 16 | 4
    chip["DMA2D_CR"] = 1 | _FILL << 16
    chip.run(150)
    assert chip["DMA2D_ISR"] == 0
    chip["DMA2D_CR"] |= 2
    chip.run(500)
    assert chip["DMA2D_ISR"] == 0
    chip["DMA2D_CR"] &= ~2
    chip.run(150)
    assert chip["DMA2D_ISR"] == _TWIF
    chip["DMA2D_CR"] |= 4
    chip.run(500)
    assert chip["DMA2D_ISR"] == _TWIF
    assert not chip["DMA2D_CR"] & 1
