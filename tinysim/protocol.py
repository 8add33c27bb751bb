"""The benchmark's serial protocol, from the host's side."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .engines.base import Line
from .errors import ProtocolError, SilenceError

CHUNK = 31
"""Input bytes in one `db` command, as the official runner sends them: 66 characters, which
fit the device's buffer of 80."""

_LAP = re.compile(r"m-lap-us-(\d+)")
_RESULTS = re.compile(r"m-results-\[(.*)\]")
_WRAP_US = 1 << 32
_ANSWER_S = 5.0
"""Time-out of a line, as in the official runner."""


class Link(Protocol):
    """Where lines come from and bytes go to; every engine is one."""

    def write(self, data: bytes) -> None: ...
    def read_line(self, timeout_s: float) -> Line: ...


@dataclass(frozen=True)
class Window:
    """What one `infer` command measured.

    `elapsed_us` is between the two timestamps that the board printed, which holds the printing
    of the first. `instructions` and `cycles` are those from the end of the first line to the
    start of the second (0 where they are not counted).
    """

    inferences: int
    warmups: int
    elapsed_us: int
    results: str
    instructions: int = 0
    cycles: int = 0


class Dut:
    """A device under test. Every command waits for `m-ready` before the next may go."""

    def __init__(self, link: Link, on_line: Callable[[Line], None] | None = None) -> None:
        self._link = link
        self._on_line = on_line

    def wait_ready(self, timeout_s: float = 30.0) -> list[Line]:
        """Lines up to `m-ready`, which is left out. `timeout_s` is for each line.

        Raises:
            ProtocolError: the board reported an error.
            EngineError: it stopped or fell silent.

        """
        lines: list[Line] = []
        error = ""
        while True:
            try:
                line = self._link.read_line(timeout_s)
            except SilenceError:
                if error:
                    raise ProtocolError(f"the board stopped with '{error}'") from None
                raise
            if self._on_line:
                self._on_line(line)
            if "m-ready" in line.text:
                if error:
                    raise ProtocolError(f"the board answered '{error}'")
                return lines
            if line.text.startswith("e-["):
                error = line.text
            lines.append(line)

    def command(self, text: str, timeout_s: float = _ANSWER_S) -> list[Line]:
        """Send a command (without its `%`) and return the lines of its answer."""
        self._link.write(text.encode("ascii") + b"%")
        try:
            return self.wait_ready(timeout_s)
        except ProtocolError as error:
            raise ProtocolError(f"'{text[:40]}': {error}") from None

    def _value(self, text: str, pattern: str) -> str:
        for line in self.command(text):
            if match := re.search(pattern, line.text):
                return match.group(1)
        raise ProtocolError(f"'{text}' was not answered by a line like '{pattern}'")

    def name(self) -> str:
        """The name in `m-name-dut-[...]`."""
        return self._value("name", r"m-name-dut-\[(.*)\]")

    def model(self) -> str:
        """The benchmark that the firmware is for: `kws01`, `vww01`, `ic01`, `ad01`."""
        return self._value("profile", r"m-model-\[(.*)\]")

    def timestamp_us(self) -> int:
        """The board's clock, modulo 2^32 microseconds."""
        return int(self._value("timestamp", _LAP.pattern))

    def load(self, data: bytes) -> None:
        """Fill the board's input buffer."""
        self.command(f"db load {len(data)}")
        answer: list[Line] = []
        for start in range(0, len(data), CHUNK):
            answer = self.command(f"db {data[start : start + CHUNK].hex()}")
        if not any("m-load-done" in line.text for line in answer):
            raise ProtocolError(f"{len(data)} bytes were loaded and 'm-load-done' did not come")

    def infer(self, inferences: int = 1, warmups: int = 0, limit_s: float = 300.0) -> Window:
        """Run inferences on the loaded input. `limit_s` is the time-out of a line."""
        lines = self.command(f"infer {inferences} {warmups}", limit_s)
        laps = [(int(m.group(1)), line) for line in lines if (m := _LAP.search(line.text))]
        results = next((m.group(1) for line in lines if (m := _RESULTS.search(line.text))), None)
        if results is None:
            raise ProtocolError("'infer' gave no m-results line")
        if not laps:  # energy mode: the pin has the time
            return Window(inferences, warmups, 0, results)
        (start, first), (end, last) = laps[0], laps[-1]
        return Window(
            inferences,
            warmups,
            (end - start) % _WRAP_US,
            results,
            last.started_instructions - first.instructions,
            last.started_cycles - first.cycles,
        )
