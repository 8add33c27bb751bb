"""Results over commits: a table, lines, Markdown, and a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.table import Table

from ..results.history import FIGURES, LEAST, ChangePoint, Measured, change_points
from .markdown import plain
from .template import load_template

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BELOW = 720, 200, 110, 20, 16, 34

Series = Mapping[tuple[str, ...], Sequence[Measured]]


def name(row: Measured) -> str:
    """What a series is called."""
    what = f"{row.benchmark}, {row.mode}: {row.image} on {row.engine} {row.tier}"
    return f"{what}{', ' + row.options if row.options else ''}, {row.machine}"


def short(row: Measured) -> str:
    """The commit as people write it."""
    sha, dirty, _ = row.commit.sha.partition("-dirty")
    return sha[:10] + dirty


def day(row: Measured) -> str:
    """The commit's day, in UTC."""
    return f"{datetime.fromtimestamp(row.commit.time, UTC):%Y-%m-%d}"


def make_table(rows: Sequence[Measured], last: int) -> Table:
    """The last commits of a series, the newest below."""
    table = Table(title=name(rows[0]), title_justify="left")
    for heading in ("commit", "day", "latency, ms", "flash, KiB", "RAM, KiB", "quality"):
        left = heading in ("commit", "day")
        table.add_column(heading, justify="left" if left else "right", no_wrap=True)
    for row in rows[-last:]:
        cells = (_shown(metric, figure(row)) for metric, figure in FIGURES)
        table.add_row(short(row), day(row), *cells)
    return table


def lines(rows: Sequence[Measured], changes: Sequence[ChangePoint]) -> list[str]:
    """A line for each change at one of these commits."""
    commits = {row.commit for row in rows}
    return [
        f"{short(change.now)}: {sentence(change)}"
        for change in changes
        if change.now.commit in commits
    ]


def sentence(change: ChangePoint) -> str:
    """What changed, by how much, and through what."""
    if change.metric == "answers":
        return "other answers to the same inputs"
    figure = dict(FIGURES)[change.metric]
    before, now = figure(change.before), figure(change.now)
    words = f"{change.metric} {_shown(change.metric, before)} -> {_shown(change.metric, now)}"
    unit = _UNITS[change.metric]
    parts = [f"{words}{' ' + unit if unit else ''} ({change.growth:+.2%})"]
    parts += [f"{name} {now - before:+,} cycles" for name, before, now in change.functions]
    return "; ".join([*parts, *change.notes])


_UNITS = {"latency": "ms", "flash": "KiB", "RAM": "KiB", "quality": ""}


def _shown(metric: str, value: float | None) -> str:
    if value is None:
        return "-"
    if metric == "latency":
        return f"{value / 1000:.3f}"
    return f"{value:.4f}" if metric == "quality" else f"{value / 1024:.1f}"


def render_markdown(found: Series, changes: Mapping[tuple[str, ...], Sequence[ChangePoint]]) -> str:
    """What the newest commit of each series changed, for a comment."""
    said = ["#### Changes by this commit", ""]
    newest = max((rows[-1].commit for rows in found.values()), key=lambda commit: commit.time)
    said += [
        f"- {plain(name(rows[0]))}: {plain(sentence(change))}"
        for key, rows in found.items()
        for change in changes[key]
        if change.now.commit == newest
    ] or ["- none"]
    return "\n".join([*said, ""])


@dataclass(frozen=True)
class Spot:
    """A commit on a plot, in its pixels."""

    x: float
    y: float
    label: str
    is_change: bool


@dataclass(frozen=True)
class Plot:
    """A figure of a series over its commits. `ticks` are its least and most, and where they are."""

    title: str
    spots: tuple[Spot, ...]
    ticks: tuple[tuple[str, float], ...]
    days: tuple[str, str]

    @property
    def line(self) -> str:
        """The points of the line through the spots."""
        return " ".join(f"{spot.x:.1f},{spot.y:.1f}" for spot in self.spots)


def render_history(found: Series, least: float = LEAST) -> str:
    """One self-contained page; a spot says its commit when it is hovered. No script, no network."""
    sections = []
    for rows in found.values():
        changes = change_points(rows, least)
        sections.append((name(rows[0]), list(_plots(rows, changes)), changes))
    return load_template("history.html.j2").render(
        title="Results over commits",
        sections=sections,
        short=short,
        day=day,
        sentence=sentence,
        size=(_WIDTH, _HEIGHT, _LEFT, _RIGHT, _BELOW),
    )


def _plots(rows: Sequence[Measured], changes: Sequence[ChangePoint]) -> Iterator[Plot]:
    for metric, figure in FIGURES:
        pairs = [(row, value) for row in rows if (value := figure(row)) is not None]
        if pairs:
            at = {change.now.commit for change in changes if change.metric == metric}
            yield _plot(metric, pairs, {row.commit.sha for row, _ in pairs if row.commit in at})


def _plot(metric: str, pairs: Sequence[tuple[Measured, float]], changed: set[str]) -> Plot:
    """Commits stand at equal distances; the axis goes from the least to the most, so that a step of
    a per cent is seen, and says so by its ticks.
    """
    values = [value for _, value in pairs]
    least, most = min(values), max(values)
    room = _HEIGHT - _TOP - _BELOW
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(pairs) - 1, 1)
    unit = _UNITS[metric]

    def height(value: float) -> float:
        share = (value - least) / (most - least) if most > least else 0.5
        return _TOP + (1 - share) * room

    spots = tuple(
        Spot(
            _LEFT + number * step,
            height(value),
            f"{short(row)}, {day(row)}: {_shown(metric, value)} {unit}".rstrip(),
            row.commit.sha in changed,
        )
        for number, (row, value) in enumerate(pairs)
    )
    title = f"{metric}, {unit}" if unit else metric
    ticks = tuple((_shown(metric, value), height(value)) for value in sorted({least, most}))
    return Plot(title, spots, ticks, (day(pairs[0][0]), day(pairs[-1][0])))
