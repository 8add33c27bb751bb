"""The table of a comparison with a baseline."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from ..results import Result
from ..results.baseline import Baseline, Change, Entry, grown_functions


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
