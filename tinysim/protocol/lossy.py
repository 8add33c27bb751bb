"""The protocol over a line that can lose, double or delay bytes."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from ..engines.base import Line
from ..errors import LinkError, ProtocolError, SilenceError
from .dut import WRAP_US, Dut, Window

_ATTEMPTS = 4
_LATE = 100
"""Answers that may still come; a board that goes on after them talks by itself."""

_SLACK_US = 2_000_000
"""More than passes on the board between a window and the timestamp that is asked beside it."""

_T = TypeVar("_T")

_LAP = r"^m-lap-us-([0-9]{1,10})$"

_INFER_LINES = (
    ("m-warmup-start", re.compile(r"m-warmup-start-([0-9]{1,10})")),
    ("m-warmup-done", re.compile(r"m-warmup-done")),
    ("m-infer-start", re.compile(r"m-infer-start-([0-9]{1,10})")),
    ("m-lap-us", re.compile(r"m-lap-us-([0-9]{1,10})")),
    ("m-lap-us", re.compile(r"m-lap-us-([0-9]{1,10})")),
    ("m-infer-done", re.compile(r"m-infer-done")),
    ("m-results", re.compile(r"m-results-\[([-+0-9.,eE]*)\]")),
)


class LossyDut(Dut):
    """Believes nothing that it has not seen twice, or between two timestamps.

    What turns out wrong is asked again, with the input loaded anew; after some attempts the last
    error stands. A wrong answer is not among the outcomes.
    """

    _data = b""
    _inference_s: float | None = None

    def _again(self, what: Callable[[], _T]) -> _T:
        for attempt in range(_ATTEMPTS):
            try:
                return what()
            except (ProtocolError, SilenceError):
                if attempt == _ATTEMPTS - 1:
                    raise
                self._synchronize()
        raise AssertionError

    def _synchronize(self) -> None:
        """Bring the board's command parser to a known state, and the line to silence."""
        for _ in range(_ATTEMPTS):
            try:
                if any("m-name-dut" in line.text for line in self.command("name")):
                    break
            except (ProtocolError, SilenceError):
                continue
        with suppress(SilenceError, ProtocolError):
            for _ in range(_LATE):  # answers to what was asked before
                self.wait_ready(0.2)

    def _value(self, text: str, pattern: str) -> str:
        def twice() -> str:
            first, second = (super(LossyDut, self)._value(text, pattern) for _ in range(2))
            if first != second and text != "timestamp":
                raise LinkError(f"'{text}' was answered by '{first}' and by '{second}'")
            return second

        return self._again(twice)

    def load(self, data: bytes) -> None:
        self._data = data
        self._again(lambda: Dut.load(self, data))

    def infer(self, inferences: int = 1, warmups: int = 0, limit_s: float = 300.0) -> Window:
        if self._inference_s is not None:
            limit_s = min(limit_s, 5.0 + 2 * (inferences + warmups) * self._inference_s)
        first = True

        def once() -> Window:
            nonlocal first
            if not first:
                Dut.load(self, self._data)
            first = False
            return self._checked(inferences, warmups, limit_s)

        window = self._again(once)
        self._inference_s = window.elapsed_us / inferences / 1e6
        return window

    def _checked(self, inferences: int, warmups: int, limit_s: float) -> Window:
        before = self._lap()
        lines = self.command(f"infer {inferences} {warmups}", limit_s)
        after = self._lap()
        found = _matched(lines)
        if (int(found[0]), int(found[2])) != (warmups, inferences):
            raise LinkError(f"'infer {inferences} {warmups}' was understood as {lines[0].text}")
        start, end, results = int(found[3]), int(found[4]), found[6]
        elapsed = (end - start) % WRAP_US
        around = (after - before) % WRAP_US
        if not elapsed <= around or (start - before) % WRAP_US > around:
            raise LinkError(
                f"laps of {start} and {end} us between timestamps of {before} and {after} us"
            )
        for _ in range(2):
            again = [line.text for line in self.command("results")]
            if again != [f"m-results-[{results}]"]:
                raise LinkError(f"results of [{results}] and then {' '.join(again)}")
        return Window(inferences, warmups, elapsed, results)

    def _lap(self) -> int:
        """A timestamp, asked twice: the second follows the first within a moment."""
        first, second = (
            int(Dut._value(self, "timestamp", r"^m-lap-us-([0-9]{1,10})$")) for _ in range(2)
        )
        if (second - first) % WRAP_US > _SLACK_US:
            raise LinkError(f"timestamps of {first} and then {second} us")
        return second


def _matched(lines: Sequence[Line]) -> list[str]:
    """The variable part of each line of an `infer` answer; every one must be as it should."""
    if len(lines) != len(_INFER_LINES):
        odd = next(
            (
                line.text
                for line in lines
                if not any(p.fullmatch(line.text) for _, p in _INFER_LINES)
            ),
            "",
        )
        raise LinkError(
            f"{len(lines)} lines instead of {len(_INFER_LINES)}"
            + (f", one of them '{odd[:60]}'" if odd else "")
        )
    found = []
    for line, (name, pattern) in zip(lines, _INFER_LINES, strict=True):
        match = pattern.fullmatch(line.text)
        if match is None:
            raise LinkError(f"'{line.text[:60]}' instead of a line like {name}")
        found.append(match.group(1) if pattern.groups else "")
    return found
