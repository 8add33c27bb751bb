"""The table of a comparison with a baseline."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from ..results import Result
from ..results.baseline import Baseline, Change, Entry, grown_functions
from .markdown import plain


def make_changes(baseline: Baseline, results: Sequence[Result], changes: Sequence[Change]) -> Table:
    """What grew, by how much, and in which function."""
    table = Table(title="Against the baseline", title_justify="left")
    table.add_column("benchmark")
    table.add_column("metric")
    for heading in ("before", "now", "change"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict")
    for result in results:
        for change in (c for c in changes if c.benchmark == result.benchmark):
            table.add_row(
                change.benchmark,
                change.metric,
                _figure(change.before),
                _figure(change.now),
                _growth(change),
                Text("FAIL", style="red") if change.fails else "ok",
            )
        slower = any(
            c.fails and c.metric == "cycles" and c.benchmark == result.benchmark for c in changes
        )
        before = baseline.entry_for(result)
        if slower and before is not None:
            for name, was, now in grown_functions(before, Entry.of(result)):
                table.add_row("", f"  {name}", f"{was:,}", f"{now:,}", f"+{now - was:,}")
    return table


def render_changes(baseline: Baseline, results: Sequence[Result], changes: Sequence[Change]) -> str:
    """What got worse than the baseline allows, in Markdown, with the functions that grew."""
    worse = [change for change in changes if change.fails]
    if not worse:
        return "Nothing is worse than the baseline allows.\n"
    lines = ["#### Worse than the baseline allows", ""]
    lines += ["| benchmark | metric | before | now | change |", "|---|---|---:|---:|---:|"]
    for change in worse:
        cells = (_figure(change.before), _figure(change.now), _growth(change))
        row = (plain(change.benchmark), change.metric, *map(plain, cells))
        lines.append(f"| {' | '.join(row)} |")
    slower = {change.benchmark for change in worse if change.metric == "cycles"}
    for result in results:
        before = baseline.entry_for(result)
        if result.benchmark not in slower or before is None:
            continue
        for name, was, now in grown_functions(before, Entry.of(result)):
            row = ("", plain(name), f"{was:,}", f"{now:,}", f"+{now - was:,}")
            lines.append(f"| {' | '.join(row)} |")
    return "\n".join([*lines, ""])


def sentence(change: Change) -> str:
    """A change in words."""
    before, now = _figure(change.before), _figure(change.now)
    return f"{change.metric}: {before} before, {now} now ({_growth(change)})"


def _figure(value: float | str | None) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 10 else f"{value:.4f}"


def _growth(change: Change) -> str:
    if isinstance(change.now, str):
        return "same" if change.now == change.before else "changed"
    if change.now is None:
        return "gone"
    growth = -change.worse if change.metric == "accuracy" else change.worse
    return f"{growth:+.2%}"
