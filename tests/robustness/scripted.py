"""A board that answers from a script, right or wrong in one way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tinysim.engines import Counters, Edge, Line
from tinysim.errors import EngineError, SilenceError
from tinysim.image import Image
from tinysim.platform import Board

_INFERENCE_US = 50_000
_CLOCK_HZ = 120_000_000
_PULSE_US = 100
_ANSWERS = {
    "kws01": ",".join(["0.000"] * 11 + ["0.990"]),
    "vww01": "0.250000,0.750000,",
    "ic01": ",".join(["0.100000"] * 10),
    "ic02": ",".join(["0.100000"] * 10),
    "ad01": "94.518875",
}

Lines = list[str]
Wrong = Callable[[Lines], Lines]


def _replace(name: str, text: str) -> Wrong:
    """In the place of each line of that name; `{}` is what the name is followed by."""

    def apply(lines: Lines) -> Lines:
        return [
            text.replace("{}", line.removeprefix(name)) if line.startswith(name) else line
            for line in lines
        ]

    return apply


def _laps(*values: int) -> Wrong:
    def apply(lines: Lines) -> Lines:
        at = [index for index, line in enumerate(lines) if line.startswith("m-lap")]
        if not at:
            return lines
        told = [f"m-lap-us-{value}" for value in values]
        return [*lines[: at[0]], *told, *lines[at[-1] + 1 :]]

    return apply


def _double(name: str) -> Wrong:
    def apply(lines: Lines) -> Lines:
        return [line for line in lines for _ in range(1 + line.startswith(name))]

    return apply


def _without(name: str) -> Wrong:
    return lambda lines: [line for line in lines if not line.startswith(name)]


def _second_lap(change: Callable[[int], int]) -> Wrong:
    def apply(lines: Lines) -> Lines:
        at = [index for index, line in enumerate(lines) if line.startswith("m-lap")]
        if not at:
            return lines
        first = int(lines[at[0]].removeprefix("m-lap-us-"))
        return [
            f"m-lap-us-{change(first)}" if index == at[-1] else line
            for index, line in enumerate(lines)
        ]

    return apply


def _answer(text: str) -> Wrong:
    return _replace("m-results-", f"m-results-[{text}]")


ANSWERS: dict[str, Wrong] = {
    "no answer": _without("m-results"),
    "two answers": _double("m-results"),
    "an answer that is cut": _replace("m-results-[", "m-results-[0.1"),
    "an answer in other brackets": _replace("m-results-", "m-results-(1)"),
    "an empty answer": _answer(""),
    "a blank answer": _answer("   "),
    "commas alone": _answer(",,"),
    "a gap": _answer("0.1,,0.2"),
    "a leading comma": _answer(",0.1"),
    "words": _answer("cat,dog"),
    "nan": _answer(",".join(["nan"] * 12)),
    "inf": _answer(",".join(["inf"] * 12)),
    "-inf": _answer("-inf"),
    "beyond a double": _answer(",".join(["1e999"] * 12)),
    "hexadecimal": _answer("0x10"),
    "an underscore": _answer("1_0"),
    "a digit of another script": _answer("\u0663"),
    "a huge number": _answer("9" * 5000),
    "one too few": _answer(",".join(["0.1"] * 7)),
    "one too many": _answer(",".join(["0.1"] * 13)),
    "many too many": _answer(",".join(["0.1"] * 500)),
    "semicolons": _answer(";".join(["0.1"] * 12)),
    "a terminal's escape": _answer("\x1b[2J"),
    "another count": _replace("m-infer-start-", "m-infer-start-9{}"),
    "other warm-ups": _replace("m-warmup-start-", "m-warmup-start-9{}"),
    "an error": lambda lines: ["e-[The inference failed]", *lines],
    "nothing": lambda lines: [],
    "lines without an end": lambda lines: ["m-debug"] * 20_000,
}
"""Wrong however inferences are timed."""

LAPS: dict[str, Wrong] = {
    "no timestamp": _laps(),
    "one timestamp": _laps(1_000_000),
    "three timestamps": _laps(1_000_000, 1_150_000, 1_300_000),
    "doubled timestamps": _double("m-lap"),
    "equal timestamps": _second_lap(lambda first: first),
    "backward by 1 us": _second_lap(lambda first: first - 1),
    "backward by 1 s": _second_lap(lambda first: max(0, first - 1_000_000)),
    "half the clock's range": _second_lap(lambda first: (first + (1 << 31)) % (1 << 32)),
    "too much by a day": _second_lap(lambda first: first + 86_400_000_000),
    "beyond 32 bits": _second_lap(lambda first: (1 << 32) + first),
    "words for timestamps": _replace("m-lap-us-", "m-lap-us-soon"),
    "negative timestamps": _replace("m-lap-us-", "m-lap-us--{}"),
    "timestamps with a fraction": _replace("m-lap-us-", "m-lap-us-{}.5"),
    "a timestamp of 5000 digits": _replace("m-lap-us-", "m-lap-us-" + "1" * 5000),
    "empty timestamps": _replace("m-lap-us-", "m-lap-us-"),
    "noise before timestamps": _replace("m-lap-us-", "?m-lap-us-{}"),
}
"""Wrong where a board prints its timestamps."""

CONSTANT: dict[str, Wrong] = {"10 us": _second_lap(lambda first: first + 10)}
"""However many inferences are asked for."""

EDGES: dict[str, Callable[[list[int]], list[int]]] = {
    "no edge": lambda edges: [],
    "one edge": lambda edges: edges[:1],
    "three edges": lambda edges: [*edges, edges[-1] + 5],
    "equal edges": lambda edges: [edges[0], edges[0]],
    "backward edges": lambda edges: edges[::-1],
    "edges 100 ns apart": lambda edges: [edges[0], edges[0] + 100],
}
"""Wrong where the pin has the time."""

PULSES: dict[str, Callable[[list[Edge]], list[Edge]]] = {
    "both ends": lambda edges: edges,
    "low before": lambda edges: edges[1:],
    "high after one": lambda edges: [Edge(0, rising=True), *edges],
    "never rises": lambda edges: [edge for edge in edges if not edge.rising],
}
"""What of the two pulses can be seen; a window is between their ends in all of these."""


@dataclass(frozen=True)
class _Kind:
    lossy: bool
    keeps_time: bool
    counts: bool
    tier: str


KINDS = {
    "builtin": _Kind(lossy=False, keeps_time=True, counts=True, tier="T3"),
    "renode": _Kind(lossy=False, keeps_time=False, counts=True, tier="T1"),
    "serial": _Kind(lossy=True, keeps_time=True, counts=False, tier="silicon"),
}


class ScriptedBoard:
    """Options: `like` (whose ways it has), `model_id`, `wrong` (a key above), `energy`."""

    name = "scripted"
    version = "1"
    has_snapshots = False

    def __init__(self, board: Board, image: Image, options: Mapping[str, int | str | bool]) -> None:
        kind = KINDS[str(options.get("like", "builtin"))]
        self.lossy, self.keeps_time, self.tier = kind.lossy, kind.keeps_time, kind.tier
        self._counts = kind.counts
        self._model_id = str(options.get("model_id", "kws01"))
        self._energy = bool(options.get("energy", False))
        self._says_mode = bool(options.get("says_mode", True))
        self._wrong = str(options.get("wrong", ""))
        self._pulses = str(options.get("pulses", "both ends"))
        self._time_us = 1000
        self._lines: list[tuple[str, int]] = []
        self._edges: list[Edge] = []
        self._command = ""
        self._answer = ""

    def boot(self) -> None:
        mode = "energy" if self._energy else "performance"
        if self._says_mode:
            self._say(f"m-timestamp-mode-{mode}")
        if not self._energy:
            self._say(f"m-lap-us-{self._time_us}")
        self._say("m-init-done", "m-ready")

    def _say(self, *lines: str) -> None:
        self._lines += [(line, self._time_us) for line in lines]

    def write(self, data: bytes) -> None:
        for character in data.decode("ascii"):
            if character == "%":
                self._obey(self._command)
                self._command = ""
            else:
                self._command += character

    def _obey(self, command: str) -> None:
        word, *arguments = command.split()
        if word == "infer":
            return self._infer(int(arguments[0]), int(arguments[1]))
        self._time_us += 10
        if word == "name":
            self._say("m-name-dut-[unspecified]")
        elif word == "profile":
            self._say("m-profile-[x]", f"m-model-[{self._model_id}]")
        elif word == "timestamp":
            self._say(f"m-lap-us-{self._time_us % (1 << 32)}")
        elif word == "results":
            self._say(self._answer)
        elif word == "db" and arguments[0] != "load":
            self._say("m-load-done")
        self._say("m-ready")

    def _infer(self, inferences: int, warmups: int) -> None:
        self._time_us += warmups * _INFERENCE_US
        begun = self._time_us
        self._time_us += inferences * _INFERENCE_US
        ended = self._time_us
        self._answer = f"m-results-[{_ANSWERS[self._model_id]}]"
        timed = []
        if self._energy:
            times = [begun * 1000, ended * 1000]
            times = EDGES[self._wrong](times) if self._wrong in EDGES else times
            pulses = [Edge(at, rising) for at in times for rising in (False, True)]
            self._edges += PULSES[self._pulses](pulses)
        else:
            timed = [f"m-lap-us-{begun % (1 << 32)}", f"m-lap-us-{ended % (1 << 32)}"]
        lines = [
            f"m-warmup-start-{warmups}",
            "m-warmup-done",
            f"m-infer-start-{inferences}",
            *timed,
            "m-infer-done",
            self._answer,
        ]
        change = {**ANSWERS, **LAPS, **CONSTANT}.get(self._wrong)
        lines = change(lines) if change else lines
        self._answer = next((line for line in lines if line.startswith("m-results")), "")
        last_lap = max((n for n, line in enumerate(lines) if "m-lap" in line), default=0)
        # What comes before the last timestamp is said as the window begins.
        for number, line in enumerate(lines):
            self._lines.append((line, begun if number < last_lap else ended))
        if lines:
            self._lines.append(("m-ready", ended))

    def read_line(self, timeout_s: float) -> Line:
        if not self._lines:
            raise SilenceError(f"no answer within {timeout_s:g} s")
        text, time_us = self._lines.pop(0)
        cycles = time_us * (_CLOCK_HZ // 1_000_000) if self._counts else 0
        return Line(text, time_us * 1000, cycles // 2, cycles, cycles // 2, cycles)

    def clock_hz(self) -> int:
        return _CLOCK_HZ

    def baud(self) -> int:
        return 115200

    def counters(self) -> Counters:
        return Counters(0, 0, {})

    def edges(self) -> list[Edge]:
        taken, self._edges = self._edges, []
        return taken

    def warnings(self) -> list[str]:
        return []

    def snapshot(self) -> bytes:
        raise EngineError("a script has no snapshots")

    def restore(self, state: bytes) -> None:
        raise EngineError("a script has no snapshots")

    def close(self) -> None:
        pass
