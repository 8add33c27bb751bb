"""The emulated interface board: what it keeps, and what it answers."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tinysim.devices import InterfaceBoard, InterfaceConsole
from tinysim.engines.base import Edge
from tinysim.errors import AssetError

_BUSY, _DETECTED = ("gpioe", 9), ("gpiob", 8)
_MS = 1_000_000


@dataclass
class _Device:
    """Pins that somebody moves by hand, and a line on which nothing is heard."""

    edges: dict[tuple[str, int], list[Edge]] = field(default_factory=dict)
    played: tuple[int, int, int] = (0, 0, 0)

    def __post_init__(self) -> None:
        self.machine: Any = SimpleNamespace(
            time_ns=0,
            add_peripheral=lambda *arguments: None,
            attach=lambda *arguments: None,
            audio_play=lambda *arguments: None,
            audio_counts=lambda name: self.played,
        )

    def watch_pin(self, port: str, pin: int) -> None:
        self.edges[port, pin] = []

    def pin_edges(self, port: str, pin: int) -> list[Edge]:
        edges, self.edges[port, pin] = self.edges[port, pin], []
        return edges

    def pulse(self, pin: tuple[str, int], start_ns: int, end_ns: int, *, rising: bool) -> None:
        self.edges[pin] += [Edge(start_ns, rising), Edge(end_ns, not rising)]


def _console(device: _Device, folder: Path) -> tuple[InterfaceConsole, list[bytes]]:
    passed: list[bytes] = []

    def read(path: Path) -> bytes:
        if not path.is_file():
            raise AssetError(f"{path.name}: is not there")
        return bytes(8)

    return InterfaceConsole(InterfaceBoard(device), folder, read, passed.append), passed


def test_a_detection_within_ten_milliseconds_is_none_of_its_own() -> None:
    device = _Device()
    board = InterfaceBoard(device)
    board.record()
    for ms in (0, 10, 11, 21, 22, 60):
        device.pulse(_DETECTED, ms * _MS, ms * _MS + 1000, rising=False)
    board.listen()
    assert board.detections_ms == [0, 11, 22, 60]


def test_only_the_first_hundred_frames_are_kept_for_the_duty_cycle() -> None:
    device = _Device()
    device.machine.time_ns = 5 * _MS
    board = InterfaceBoard(device)
    device.pulse(_BUSY, _MS, _MS + 1300, rising=True)  # before it records
    board.record()
    for frame in range(130):
        start = 5 * _MS + frame * 32 * _MS
        device.pulse(_BUSY, start, start + 20 * _MS, rising=True)
    board.listen()
    starts, stops = board.duty_10us
    assert starts == [3200 * frame for frame in range(100)]
    assert stops == [3200 * frame + 2000 for frame in range(100)]
    assert len(board.starts) == 130


def test_a_command_may_come_in_pieces_and_play_ends_with_the_sound(tmp_path: Path) -> None:
    device = _Device()
    console, _ = _console(device, tmp_path)
    (tmp_path / "a.wav").write_bytes(b"")
    assert console.take(b"na") == b""
    assert console.take(b"me%") == b"tinyML Enhanced Interface Board\r\nm-ready\r\n"
    device.played = (1, 2, 0)
    assert console.take(b"play a.wav%name%") == b"Attempting to play a.wav\r\n"
    assert console.is_busy and console.poll() == b""
    device.played = (2, 2, 0)
    said = console.poll()
    assert said.startswith(b"succeeded.\r\nm-ready\r\ntinyML") and not console.is_busy


@pytest.mark.parametrize("name", ["none.wav", "../../etc/passwd", ""])
def test_a_sound_that_is_not_there_is_an_error_in_words(tmp_path: Path, name: str) -> None:
    console, _ = _console(_Device(), tmp_path)
    said = console.take(f"play {name}%".encode())
    assert b"\r\nError playing file." in said and said.endswith(b"m-ready\r\n")
    assert not console.is_busy


def test_the_devices_answer_is_marked_and_ends_the_passing(tmp_path: Path) -> None:
    console, passed = _console(_Device(), tmp_path)
    assert console.take(b"dut name%") == b"m-dut-passthrough(name)\r\nm-ready\r\n"
    assert passed == [b"name%"] and console.is_passing
    assert console.overhear(b"Received") == b""
    assert console.overhear(b" command: name\r\n") == b"[dut]: Received command: name\r\n"
    assert console.overhear(b"m-ready\r\n") == b"[dut]: m-ready\r\n"
    assert not console.is_passing


def test_what_it_does_not_know_is_answered_too(tmp_path: Path) -> None:
    console, _ = _console(_Device(), tmp_path)
    assert console.take(b"setbaud x%") == b"set baud to: x\r\nm-ready\r\n"
    assert console.take(b"checkbaud%") == b"baud is: 115200\r\nm-ready\r\n"
    assert console.take(b"\xff\x00%") == b"Unrecognized command \xc3\xbf\x00\r\nm-ready\r\n"
    assert console.take(b"%") == b"Unrecognized command \r\nm-ready\r\n"
