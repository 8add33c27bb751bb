"""Two runs of the same benchmarks side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.table import Table

from ..errors import ResultError
from ..results import Result
from . import text
from .columns import NOTHING, Column, fit
from .errors import plot_errors
from .figure import draw
from .grid import Cell, Grid, make_grid
from .template import load_template


@dataclass(frozen=True)
class Pair:
    """A benchmark and mode in both runs, and how many outputs to the same question are equal."""

    first: Result
    second: Result
    is_same: bool
    outputs: str

    @property
    def off(self) -> float:
        """How much longer the first takes than the second, as a fraction."""
        return self.first.latency_us / self.second.latency_us - 1

    def cells(self) -> tuple[str, ...]:
        """As words, in the order of `HEADINGS`."""
        a, b = self.first, self.second
        return (
            a.benchmark,
            a.mode,
            _engine(a),
            _latency(a),
            _engine(b),
            _latency(b),
            f"{self.off:+.2%}",
            self.outputs,
        )

    def row(self) -> dict[str, str | float | bool]:
        """As values, in the units of the results."""
        a, b = self.first, self.second
        return {
            "benchmark": a.benchmark,
            "mode": a.mode,
            "first": _engine(a),
            "first_latency_us": a.latency_us,
            "second": _engine(b),
            "second_latency_us": b.latency_us,
            "off": self.off,
            "is_same": self.is_same,
        }


HEADINGS = ("benchmark", "mode", "first", "latency", "second", "latency", "off", "equal files")
_RIGHT = ("latency", "off", "equal files")


def pair_up(first: Sequence[Result], second: Sequence[Result]) -> list[Pair]:
    """What both have.

    Raises:
        ResultError: the two have no benchmark and mode in common.

    """
    others = {(result.benchmark, result.mode): result for result in second}
    both = [(a, others[a.benchmark, a.mode]) for a in first if (a.benchmark, a.mode) in others]
    if not both:
        raise ResultError("the two have no benchmark and mode in common")
    return [Pair(a, b, *_outputs(a, b)) for a, b in both]


def make_table(pairs: Sequence[Pair], width: int = 200) -> tuple[Table, list[str]]:
    """A row a pair in `width` characters, and the names of the columns that do not fit."""
    return fit("Side by side", _columns(pairs), pairs, width)


def _columns(pairs: Sequence[Pair]) -> list[Column[Pair]]:
    modes = {pair.first.mode for pair in pairs}
    return [
        Column("benchmark", lambda pair: pair.first.benchmark, left=True),
        # What all rows would say alike is no column, or stands in a heading.
        *([Column("mode", _mode, rank=1, left=True)] if len(modes) > 1 else []),
        *_side("first", [pair.first for pair in pairs], lambda pair: pair.first),
        *_side("second", [pair.second for pair in pairs], lambda pair: pair.second),
        Column("off", lambda pair: f"{pair.off:+.2%}"),
        Column("equal\nfiles", lambda pair: pair.outputs),
    ]


def _side(name: str, results: Sequence[Result], of: Callable[[Pair], Result]) -> list[Column[Pair]]:
    engines = {(result.engine, result.tier) for result in results}
    latency = Column[Pair](f"{name}\nms", lambda pair: text.latency_ms(of(pair)))
    if len(engines) > 1:
        return [Column(f"{name}\nengine", lambda pair: _engine(of(pair)), 3, left=True), latency]
    engine, tier = engines.pop()
    return [replace(latency, heading=f"{name}\n{engine}\n{tier}, ms")]


def _mode(pair: Pair) -> str:
    return pair.first.mode


def _engine(result: Result) -> str:
    return f"{result.engine} {result.tier}"


def render_comparison(pairs: Sequence[Pair]) -> str:
    """One self-contained page."""
    off = [(f"{pair.first.benchmark} {pair.first.mode}", "", pair.off) for pair in pairs]
    plot = plot_errors(off, "off the second, %")
    says = "Dark band: the mean difference. Light band: the largest."
    return load_template("comparison.html.j2").render(
        table=compared(pairs),
        figure=draw("Latency of the first against the second", plot, says, is_broad=True)
        if plot
        else None,
        is_same=all(pair.is_same for pair in pairs),
    )


def compared(pairs: Sequence[Pair]) -> Grid:
    """A row a pair, for a page or a notebook."""
    left = tuple(heading for heading in HEADINGS if heading not in _RIGHT)
    return make_grid("Side by side", HEADINGS, [_cells(pair) for pair in pairs], left)


def _cells(pair: Pair) -> tuple[str | Cell, ...]:
    *cells, outputs = pair.cells()
    return (*cells, Cell(outputs, "" if pair.is_same else "fail"))


def _latency(result: Result) -> str:
    """With the tier's error band; a measurement has none."""
    band = f" {text.error_band(result)}" if result.error_band else ""
    return f"{result.latency_us / 1000:.3f} ms{band}"


def make_engine_notes(first: Result, second: Result) -> list[str]:
    """What the two count in an inference, in the mean, and the host's time."""
    lines = []
    for what in ("instructions", "cycles"):
        ours, theirs = _mean(first, what), _mean(second, what)
        if ours and theirs:
            lines.append(
                f"{what} an inference: {first.engine} {ours:,.0f}, {second.engine} {theirs:,.0f} "
                f"({theirs / ours - 1:+.3%})"
            )
    if first.wall_s and second.wall_s:
        lines.append(
            f"time on the host: {first.engine} {first.wall_s:.1f} s, {second.engine} "
            f"{second.wall_s:.1f} s ({second.wall_s / first.wall_s:.1f} times as long)"
        )
    return lines


def _asked(result: Result) -> dict[str, tuple[list[int], tuple[str, ...]]]:
    """For each file, how many inferences were made in each window and what was answered."""
    inferences: dict[str, list[int]] = {}
    for window in result.windows:
        inferences.setdefault(window.file, []).append(window.warmups + window.inferences)
    return {out.file: (inferences.get(out.file, []), out.results) for out in result.outputs}


def _mean(result: Result, what: Literal["instructions", "cycles"]) -> float:
    """Over all windows: the one with the median latency need not be the same in two results."""
    inferences = sum(window.inferences for window in result.windows)
    total = sum(getattr(window, what) for window in result.windows)
    return float(total) / inferences if inferences else 0.0


def _outputs(a: Result, b: Result) -> tuple[bool, str]:
    """Answers to the same question: an input is gone after an inference, as its memory is used
    for other tensors, so that an answer depends on how many there were.
    """
    ours, theirs = _asked(a), _asked(b)
    common = {file for file in ours.keys() & theirs.keys() if ours[file][0] == theirs[file][0]}
    if not common:
        return True, NOTHING
    equal = sum(ours[file] == theirs[file] for file in common)
    return equal == len(common), f"{equal} of {len(common)}"
