"""How a served board keeps its time."""

from types import SimpleNamespace

import pytest

from tinysim.engines.builtin import BuiltinEngine
from tinysim.image import unknown_image
from tinysim.platform import load_board
from tinysim.serving import Server


class _Board(BuiltinEngine):
    """Says a line every millisecond, each of which takes the host `host_s`."""

    def __init__(self, clock: "_Clock", host_s: float, spoken: bytes) -> None:
        super().__init__(load_board(), unknown_image(), {})
        self._clock, self.host_s, self._spoken = clock, host_s, spoken
        self.passed_s = 0.0

    def run_for(self, seconds: float) -> bytes:
        self.passed_s += 0.001
        self._clock.now += self.host_s
        return self._spoken

    def time_s(self) -> float:
        return self.passed_s


class _Clock:
    """The host's clock, and a client who never says anything."""

    name = "nobody"

    def __init__(self) -> None:
        self.now = 1000.0
        self.written: list[tuple[float, bytes]] = []

    def read(self, wait_s: float) -> bytes:
        self.now += wait_s
        return b""

    def write(self, data: bytes) -> None:
        self.written.append((self.now - 1000.0, data))

    def offer(self, data: bytes) -> int:
        return len(data)

    def unread(self) -> int:
        return 0

    def baud(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing to close."""


def _pair(
    monkeypatch: pytest.MonkeyPatch, *, host_s: float, spoken: bytes
) -> tuple["_Clock", _Board]:
    clock = _Clock()
    monkeypatch.setattr("tinysim.serving.server.time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock, _Board(clock, host_s, spoken)


def _serve(
    monkeypatch: pytest.MonkeyPatch, *, host_s: float, realtime: bool, spoken: bytes = b"m\n"
) -> tuple[float, float]:
    """The board's and the host's seconds over a thousand turns."""
    clock, board = _pair(monkeypatch, host_s=host_s, spoken=spoken)
    server = Server(board, clock, realtime=realtime)
    server.start(0.0)
    turns = iter([False] * 1000)
    begun = clock.now
    server.run(lambda: next(turns, True))
    return board.passed_s, clock.now - begun


def test_in_real_time_nothing_is_said_before_a_real_board_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The board works ahead of the host's clock; a line each millisecond comes in its own."""
    clock, board = _pair(monkeypatch, host_s=0.0002, spoken=b"m\n")
    server = Server(board, clock, realtime=True)
    server.start(0.0)
    turns = iter(range(1000))
    server.run(lambda: next(turns, None) is None)
    assert board.passed_s == pytest.approx(5 * (clock.now - 1000.0), rel=0.01)
    assert clock.written
    for number, (at_s, data) in enumerate(clock.written, 1):
        assert data == b"m\n"
        assert at_s == pytest.approx(number / 1000, abs=0.0005)


def test_in_real_time_work_done_ahead_makes_up_for_a_slow_spell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Quick for the first half of an answer and slow for the second: it comes in time."""
    clock, board = _pair(monkeypatch, host_s=0.0002, spoken=b"")
    told = board.run_for

    def speak(seconds: float) -> bytes:
        told(seconds)
        board.host_s = 0.0002 if board.passed_s < 0.9 else 0.004
        return b"m-ready\n" if round(board.passed_s, 3) == 1.0 else b""

    monkeypatch.setattr(board, "run_for", speak)
    monkeypatch.setattr(board, "write", lambda data: None)
    asked = iter([b"infer 1 0%"])

    def read(wait_s: float) -> bytes:
        clock.now += wait_s
        return next(asked, b"")

    monkeypatch.setattr(clock, "read", read)
    monkeypatch.setattr(
        "tinysim.serving.server._IDLE", 1000
    )  # a slice of this board is never a quick one
    server = Server(board, clock, realtime=True)
    server.start(0.0)
    server.run(lambda: bool(clock.written) or clock.now > 1010)
    assert clock.written == [(pytest.approx(1.0, abs=0.02), b"m-ready\n")]


def test_a_host_that_is_too_slow_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    board_s, host_s = _serve(monkeypatch, host_s=0.003, realtime=True)
    assert host_s == pytest.approx(3 * board_s, rel=0.01)


def test_without_real_time_nothing_waits_while_the_board_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, host_s = _serve(monkeypatch, host_s=0.0001, realtime=False)
    assert host_s == pytest.approx(0.1)


def test_a_silent_board_keeps_step_with_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    _, host_s = _serve(monkeypatch, host_s=0.0001, realtime=False, spoken=b"")
    assert host_s == pytest.approx(10.1, rel=0.01)


class _Asker(_Clock):
    """Asks once, and takes down what comes and when."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False
        self.heard: list[tuple[float, bytes]] = []

    def read(self, wait_s: float) -> bytes:
        self.now += wait_s
        first, self.asked = not self.asked, True
        return b"infer 1 0%" if first else b""

    def write(self, data: bytes) -> None:
        self.heard.append((self.now - 1000.0, data))


def _ask(
    monkeypatch: pytest.MonkeyPatch, *, patient: bool, words: dict[int, bytes]
) -> tuple[_Asker, Server]:
    """A board that takes a second of the host's time for a turn, and says `words` at turns."""
    asker = _Asker()
    monkeypatch.setattr("tinysim.serving.server.time", SimpleNamespace(monotonic=lambda: asker.now))
    board = _Board(asker, 1.0, b"")
    turns = iter(range(60))
    run_for = board.run_for

    def speak(seconds: float) -> bytes:
        run_for(seconds)
        return words.get(round(board.passed_s * 1000), b"")

    monkeypatch.setattr(board, "run_for", speak)
    monkeypatch.setattr(board, "write", lambda data: None)
    server = Server(board, asker, patient=patient)
    server.run(lambda: next(turns, None) is None)
    return asker, server


def test_a_client_that_waits_for_long_gets_empty_lines_between_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = {2: b"m-infer-start-1\r\n", 40: b"m-res", 55: b"ults-[1]\r\nm-ready\r\n"}
    asker, server = _ask(monkeypatch, patient=True, words=words)
    empty = [at for at, data in asker.heard if data == b"\r\n"]
    gaps = [b - a for a, b in zip([2.0, *empty], [*empty, 40.0], strict=True)]
    assert empty
    assert all(gap < 30 for gap in gaps)
    assert all(2 < at < 40 for at in empty)  # none in the middle of a line, none when all is said
    assert server.longest_s == pytest.approx(38, abs=1)


def test_without_patience_the_line_carries_what_the_board_says_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = {40: b"m-ready\r\n"}
    asker, _ = _ask(monkeypatch, patient=False, words=words)
    assert [data for _, data in asker.heard] == list(words.values())
