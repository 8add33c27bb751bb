"""Measurements over commits, and where they changed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .baseline import Entry
from .schema import Result

LEAST = 0.001
"""As a fraction: the smallest step of latency or memory that counts as a change."""


@dataclass(frozen=True)
class Commit:
    """A commit by its hash, and its time in seconds since 1970, UTC."""

    sha: str
    time: int


@dataclass(frozen=True)
class Measured:
    """What a commit's result says. Sizes are bytes; `functions` has cycles of one inference."""

    commit: Commit
    machine: str
    benchmark: str
    mode: str
    tier: str
    engine: str
    board: str
    image: str
    """The file's name."""
    options: str
    model: str
    inputs: str
    latency_us: float
    cycles: float
    flash: int
    ram: int | None
    arena: int | None
    quality: float | None
    outputs_sha256: str
    wall_s: float
    functions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, result: Result, commit: Commit, machine: str) -> "Measured":
        """The row of a result."""
        entry = Entry.of(result)
        options = " ".join(f"{name}={value}" for name, value in sorted(result.options.items()))
        return cls(
            commit=commit,
            machine=machine,
            benchmark=entry.benchmark,
            mode=entry.mode,
            tier=entry.tier,
            engine=result.engine,
            board=result.board,
            image=result.image.name,
            options=options,
            model=entry.model,
            inputs=entry.inputs,
            latency_us=result.latency_us,
            cycles=entry.cycles,
            flash=entry.flash,
            ram=entry.ram,
            arena=entry.arena,
            quality=entry.accuracy,
            outputs_sha256=entry.outputs_sha256,
            wall_s=result.wall_s,
            functions=entry.functions,
        )

    @property
    def series(self) -> tuple[str, ...]:
        """What measurements that belong to one line have in common."""
        return (
            self.benchmark,
            self.mode,
            self.tier,
            self.engine,
            self.board,
            self.image,
            self.options,
            self.machine,
        )


@dataclass(frozen=True)
class ChangePoint:
    """A commit at which a figure is another than it has been since the last change."""

    metric: str
    before: Measured
    now: Measured
    growth: float
    """As a fraction of the figure before."""
    functions: tuple[tuple[str, int, int], ...] = ()
    """Of latency: those that changed the most, with cycles before and now."""
    notes: tuple[str, ...] = ()


def series_of(rows: Sequence[Measured]) -> dict[tuple[str, ...], list[Measured]]:
    """The rows by series, each in the order that they were given in."""
    found: dict[tuple[str, ...], list[Measured]] = defaultdict(list)
    for row in rows:
        found[row.series].append(row)
    return dict(sorted(found.items()))


Figure = Callable[[Measured], float | None]
FIGURES: tuple[tuple[str, Figure], ...] = (
    ("latency", lambda row: row.latency_us),
    ("flash", lambda row: row.flash),
    ("RAM", lambda row: row.ram),
    ("quality", lambda row: row.quality),
)


def change_points(rows: Sequence[Measured], least: float = LEAST) -> list[ChangePoint]:
    """Where a series' figures changed, by commit.

    A figure is compared with what it was at its last change and not with the commit before, so
    that many small steps are found too. Quality counts whatever the step, and so do other answers
    to the same inputs.
    """
    found = []
    for metric, figure in FIGURES:
        level = rows[0]
        for now in rows[1:]:
            before, value = figure(level), figure(now)
            if before is None or value is None:
                level = now if before is None else level
                continue
            growth = (value - before) / before if before else float(value != before)
            if metric == "quality" and not growth:
                continue
            if metric != "quality" and abs(growth) < least:
                continue
            grown = _functions(level, now) if metric == "latency" else ()
            found.append(ChangePoint(metric, level, now, growth, grown, _notes(level, now)))
            level = now
    found += [
        ChangePoint("answers", before, now, 0.0)
        for before, now in pairwise(rows)
        if (before.model, before.inputs) == (now.model, now.inputs)
        and before.outputs_sha256 != now.outputs_sha256
    ]
    places = {row.commit: number for number, row in enumerate(rows)}
    return sorted(found, key=lambda change: places[change.now.commit])


def _functions(before: Measured, now: Measured, most: int = 3) -> tuple[tuple[str, int, int], ...]:
    names = before.functions.keys() | now.functions.keys()
    pairs = [(name, before.functions.get(name, 0), now.functions.get(name, 0)) for name in names]
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    return tuple(sorted(changed, key=lambda pair: (-abs(pair[2] - pair[1]), pair[0]))[:most])


def _notes(before: Measured, now: Measured) -> tuple[str, ...]:
    """What else is different, and may be why."""
    said = []
    if before.model != now.model:
        said.append("another model")
    if before.inputs != now.inputs:
        said.append("other inputs")
    return tuple(said)
