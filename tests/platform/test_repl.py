"""The platform description parser."""

from pathlib import Path

import pytest

from tinysim.errors import PlatformError
from tinysim.platform import load_board
from tinysim.platform.repl import Connection, Preset, parse


def _parse(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "x.repl"
    path.write_text(text)
    return parse(path)


def test_entries_have_places_properties_and_wires(tmp_path: Path) -> None:
    description = _parse(
        tmp_path,
        """
uart: UART.X @ sysbus 0x40008000 // the port
    frequency: 120000000
    lowPowerMode: true
    IRQ -> nvic@70
""",
    )
    entry = description.entries["uart"]
    assert entry.registrations[0].address == 0x40008000
    assert entry.properties == {"frequency": 120000000, "lowPowerMode": True}
    assert entry.connections == [Connection("IRQ", "nvic", 70)]


def test_ranges_of_wires_are_joined_one_by_one(tmp_path: Path) -> None:
    entry = _parse(tmp_path, "a: B.C @ none\n    [0-2] -> d#1@[4-6]\n").entries["a"]
    assert entry.connections == [Connection(str(i), "d#1", i + 4) for i in range(3)]


def test_a_memory_can_be_at_two_addresses(tmp_path: Path) -> None:
    entry = _parse(
        tmp_path,
        "f: Memory.M @ {\n        sysbus 0x8;\n        sysbus 0x0\n    }\n    size: 0x10\n",
    ).entries["f"]
    assert [place.address for place in entry.registrations] == [8, 0]


def test_constants_are_written_at_the_start(tmp_path: Path) -> None:
    description = _parse(tmp_path, "sysbus:\n    init:\n        WriteWord 0x10 2048\n")
    assert description.presets == [Preset(0x10, 2, 2048)]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("what is this\n", "1:1", "not understood"),
        ("a: B.C @ none\n    ???\n", "2:5", "neither a property nor a connection"),
        ("a: B.C @ none\na: B.C @ none\n", "2:1", "defined twice"),
        ("    size: 1\n", "1:5", "belongs to no entry"),
        ("a: B.C @ none\n    [0-3] -> b@[0-2]\n", "2:5", "cannot go to"),
        ("a: B.C @ sysbus here it is\n", "1:1", "is no place"),
    ],
)
def test_what_is_not_understood_is_an_error_with_its_place(
    tmp_path: Path, text: str, place: str, message: str
) -> None:
    with pytest.raises(PlatformError, match=message) as caught:
        _parse(tmp_path, text)
    assert f"x.repl:{place}:" in str(caught.value)


def test_the_board_that_comes_with_tinysim_can_be_built() -> None:
    from tinysim.platform.assembly import build_machine

    board = load_board()
    assert board.settings.uart.link == "lpuart1"
    assert build_machine(board).clock_hz > 0


def test_an_unknown_board_names_those_there_are() -> None:
    with pytest.raises(PlatformError, match="nucleo_l4r5zi"):
        load_board("nowhere")


def test_an_unknown_option_names_those_there_are() -> None:
    from tinysim.platform.assembly import build_machine

    with pytest.raises(PlatformError, match=r"no option .*there are .*tier"):
        build_machine(load_board(), {"speed": 3})
