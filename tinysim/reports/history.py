"""Results over commits: a table, lines, Markdown, and a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from ..results.history import FIGURES, ChangePoint, Commit, Measured
from .figure import OTHERS, OURS, Figure, draw
from .grid import Grid, make_grid
from .markdown import plain
from .template import load_template

Series = Mapping[tuple[str, ...], Sequence[Measured]]
Changes = Mapping[tuple[str, ...], Sequence[ChangePoint]]


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


_SCALES = {"latency": 1000, "flash": 1024, "RAM": 1024, "quality": 1}
_UNITS = {"latency": "ms", "flash": "KiB", "RAM": "KiB", "quality": ""}


def _shown(metric: str, value: float | None) -> str:
    if value is None:
        return "-"
    if metric == "latency":
        return f"{value / 1000:.3f}"
    return f"{value:.4f}" if metric == "quality" else f"{value / 1024:.1f}"


def render_markdown(found: Series, changes: Changes) -> str:
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
class _Section:
    """A series on the page."""

    title: str
    charts: tuple[Figure, ...]
    changes: Grid


def render_history(found: Series, changes: Changes) -> str:
    """One self-contained page; a mark says its commit when it is pointed at."""
    sections = [_section(rows, changes[key]) for key, rows in found.items()]
    return load_template("history.html.j2").render(sections=sections)


def _section(rows: Sequence[Measured], changes: Sequence[ChangePoint]) -> _Section:
    charts = []
    for metric, figure in FIGURES:
        pairs = [(row, value) for row in rows if (value := figure(row)) is not None]
        if pairs:
            at = {change.now.commit for change in changes if change.metric == metric}
            unit = _UNITS[metric]
            title = f"{metric.capitalize() if metric.islower() else metric} over commits"
            says = f"{len(pairs)} commits, {day(pairs[0][0])} to {day(pairs[-1][0])}"
            charts.append(draw(title, _plot(metric, unit, pairs, at), says))
    newest_first = [(short(one.now), day(one.now), sentence(one)) for one in reversed(changes)]
    grid = make_grid("Changes", ("commit", "day", "change"), newest_first, ("day", "change"))
    return _Section(name(rows[0]), tuple(charts), grid)


def _plot(
    metric: str, unit: str, pairs: Sequence[tuple[Measured, float]], changed: set[Commit]
) -> dict[str, Any]:
    """A line with a mark for each commit. The axis need not begin at 0: a step of a per cent is
    seen.
    """
    values = [
        {
            "number": number,
            "value": value / _SCALES[metric],
            "kind": "change" if row.commit in changed else "as before",
            "say": f"{short(row)}, {day(row)}: {_shown(metric, value)} {unit}".rstrip(),
        }
        for number, (row, value) in enumerate(pairs)
    ]
    domain = ["change", "as before"]
    x = {"field": "number", "type": "quantitative", "title": None, "axis": None}
    y = {
        "field": "value",
        "type": "quantitative",
        "title": unit or None,
        "scale": {"zero": False, "nice": True, "padding": 10},
    }
    return {
        "data": {"values": values},
        "height": 180,
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "line", "color": OTHERS, "aria": False}},
            {
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": domain, "range": [OURS, OTHERS]},
                    },
                    "size": {
                        "field": "kind",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": domain, "range": [160, 40]},
                    },
                    "description": {"field": "say"},
                },
            },
        ],
    }
