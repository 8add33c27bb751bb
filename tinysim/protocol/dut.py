"""The benchmark's serial protocol, from the host's side."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ..answer import check_answer
from ..engines.base import Line
from ..errors import ProtocolError, SilenceError
from ..timeouts import TIMEOUTS

CHUNK = 31
"""Input bytes in one `db` command, as the official runner sends them: 66 characters, which
fit the device's buffer of 80."""

WRAP_US = 1 << 32
"""The board's clock is 32 bits of microseconds."""

_LAP = re.compile(r"m-lap-us-([0-9]{1,10})")
_RESULTS = re.compile(r"m-results-\[(.*)\]")
_MOST_LINES = 10_000
"""Of one answer; the longest in the protocol, `db print`, takes 3456."""
_FASTEST = 10
"""How many times as fast as the engine's clock the board's own may be: an image that was built
for 120 MHz and is run at the highest `clock`, 1 GHz, tells 8.3 us for each that passes."""
_SLACK_US = 1_000_000


class Link(Protocol):
    """Where lines come from and bytes go to; every engine is one."""

    def write(self, data: bytes) -> None: ...
    def read_line(self, timeout_s: float) -> Line: ...


@runtime_checkable
class Queueing(Link, Protocol):
    """A link that may be given many commands at once, whose answers are then read in turn."""

    queues: bool


@dataclass(frozen=True)
class Window:
    """What one `infer` command measured; there is none without a measurement.

    `elapsed_us` is between the two timestamps: those that the board printed, which holds the
    printing of the first, or the pin's. `instructions` and `cycles` are those from the end of the
    first line to the start of the second (0 where they are not counted).

    Raises:
        ProtocolError: no time has passed, or the answer is neither finite numbers nor bytes.

    """

    inferences: int
    warmups: int
    elapsed_us: int
    results: str
    instructions: int = 0
    cycles: int = 0

    def __post_init__(self) -> None:
        if self.inferences < 1 or self.elapsed_us < self.inferences:
            raise ProtocolError(
                f"{self.inferences} inferences in {self.elapsed_us} us: nothing was measured"
            )
        if self.instructions < 0 or self.cycles < 0:
            raise ProtocolError("both timestamps were taken before the first was printed")
        try:
            check_answer(self.results)
        except ValueError as error:
            raise ProtocolError(f"m-results-[{self.results[:60]}]: {error}") from None


@dataclass(frozen=True)
class Performed:
    """The lines of an `infer` command: its timestamps, none in energy mode, and its answer."""

    laps: tuple[tuple[int, Line], ...]
    results: str


class Dut:
    """A device under test. Every command waits for `m-ready` before the next may go."""

    def __init__(self, link: Link, on_line: Callable[[Line], None] | None = None) -> None:
        self._link = link
        self._on_line = on_line

    def wait_ready(self, timeout_s: float = TIMEOUTS.ready) -> list[Line]:
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
            if len(lines) >= _MOST_LINES:
                raise ProtocolError(f"{_MOST_LINES} lines came and 'm-ready' was not among them")
            if "m-ready" in line.text:
                if error:
                    raise ProtocolError(f"the board answered '{error}'")
                return lines
            if line.text.startswith("e-["):
                error = line.text
            lines.append(line)

    def command(self, text: str, timeout_s: float = TIMEOUTS.answer) -> list[Line]:
        """Send a command (without its `%`) and return the lines of its answer.

        Raises:
            ProtocolError: it is not ASCII, or the board reported an error.

        """
        if not text.isascii():
            raise ProtocolError(f"'{text[:40]}': a command is of ASCII characters")
        self._link.write(text.encode("ascii") + b"%")
        return self._answer(text, timeout_s)

    def _answer(self, text: str, timeout_s: float) -> list[Line]:
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
        digits = data.hex()
        commands = [f"db load {len(data)}"]
        for start in range(0, len(digits), 2 * CHUNK):
            commands.append(f"db {digits[start : start + 2 * CHUNK]}")
        if isinstance(self._link, Queueing) and self._link.queues:
            self._link.write("".join(f"{command}%" for command in commands).encode("ascii"))
            answer = [self._answer(command, TIMEOUTS.answer) for command in commands][-1]
        else:
            answer = [self.command(command) for command in commands][-1]
        if not any("m-load-done" in line.text for line in answer):
            raise ProtocolError(f"{len(data)} bytes were loaded and 'm-load-done' did not come")

    def infer(self, inferences: int = 1, warmups: int = 0, limit_s: float = 300.0) -> Window:
        """Run inferences on the loaded input, timed by the board's two timestamps.

        `limit_s` is the time-out of a line.

        Raises:
            ProtocolError: the answer is not that of one command, or no measurement.

        """
        performed = self.perform(inferences, warmups, limit_s)
        if not performed.laps:
            raise ProtocolError("'infer' gave no m-lap-us line: is this an image for energy mode?")
        (start, first), (end, last) = _both(performed.laps)
        elapsed = (end - start) % WRAP_US
        if elapsed > _SLACK_US + _FASTEST * (last.time_ns - first.time_ns) / 1000:
            raise ProtocolError(
                f"timestamps of {start} and then {end} us, in "
                f"{(last.time_ns - first.time_ns) / 1e9:.3f} s: this clock is none"
            )
        return Window(
            inferences,
            warmups,
            elapsed,
            performed.results,
            last.started_instructions - first.instructions,
            last.started_cycles - first.cycles,
        )

    def perform(self, inferences: int = 1, warmups: int = 0, limit_s: float = 300.0) -> Performed:
        """Run inferences on the loaded input, however they are timed.

        Raises:
            ProtocolError: the answer has not one m-results line, or is to another command.

        """
        lines = self.command(f"infer {inferences} {warmups}", limit_s)
        for name, count in (("m-infer-start-", inferences), ("m-warmup-start-", warmups)):
            for line in lines:
                if line.text.startswith(name) and line.text != f"{name}{count}":
                    raise ProtocolError(
                        f"'infer {inferences} {warmups}' was understood as '{line.text[:60]}'"
                    )
        results = _numbered(lines, "m-results-", _RESULTS)
        if len(results) != 1:
            raise ProtocolError(f"'infer' gave {len(results) or 'no'} m-results lines, not one")
        laps = [(int(text), line) for text, line in _numbered(lines, "m-lap-us-", _LAP)]
        return Performed(tuple(laps), results[0][0])


def _numbered(lines: Sequence[Line], name: str, pattern: re.Pattern[str]) -> list[tuple[str, Line]]:
    """The variable part of each line of that name."""
    found = []
    for line in lines:
        if name in line.text:
            match = pattern.fullmatch(line.text.strip())
            if match is None:
                raise ProtocolError(f"'{line.text[:60]}' instead of a line like '{name}...'")
            found.append((match.group(1), line))
    return found


def _both(laps: Sequence[tuple[int, Line]]) -> Sequence[tuple[int, Line]]:
    if len(laps) != 2:
        raise ProtocolError(f"'infer' gave {len(laps)} m-lap-us lines, a window has 2")
    for value, _ in laps:
        if value >= WRAP_US:
            raise ProtocolError(f"m-lap-us-{value} is beyond the 32 bits of the board's clock")
    return laps
