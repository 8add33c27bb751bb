"""`tinysim history`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..results import load_results
from ..results.history import LEAST, ChangePoint, Commit, Measured, change_points, series_of
from ..storage import check_target, write_text
from .console import pass_on, say, show
from .help import Verbs

app = Verbs(help="Keep results by commit, and show when they changed.")

File = Annotated[Path, typer.Argument(help="the history, a DuckDB file")]
Benchmark = Annotated[
    str | None, typer.Option("--benchmark", metavar="NAME", help="show this benchmark alone")
]
Least = Annotated[
    float,
    typer.Option(
        "--least",
        metavar="PERCENT",
        min=0,
        max=100,
        help="the smallest step of latency or memory that counts as a change; "
        "more for a real board, whose latencies vary",
    ),
]


@app.callback()
def history() -> None:
    """Keep results by commit, and show when they changed."""


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="the history, a DuckDB file; made if missing")],
    results: Annotated[list[Path], typer.Argument(help="JSON files that `run --json` wrote")],
    commit: Annotated[
        str | None,
        typer.Option(metavar="SHA", help="the commit", show_default="what is checked out here"),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="with --commit: its time, ISO 8601", show_default="now"),
    ] = None,
    machine: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="where it ran", show_default="its system and processor"),
    ] = None,
) -> None:
    """Add results of a commit; those that it had before are replaced."""
    from ..history import History, parse_time, this_commit, this_machine

    if at and not commit:
        raise TinySimError("--at goes with --commit")
    where = machine or this_machine()
    which = Commit(commit, parse_time(at)) if commit else this_commit()
    rows = [Measured.of(result, which, where) for path in results for result in load_results(path)]
    with History(file, writes=True) as kept:
        kept.add(rows)
    say(f"{file}: {len(rows)} results of {which.sha} on {where}")


@app.command("show")
def show_history(
    file: File,
    benchmark: Benchmark = None,
    last: Annotated[int, typer.Option(min=1, help="so many commits of each series")] = 10,
    least: Least = 100 * LEAST,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="print the changes for a comment")
    ] = False,
) -> None:
    """Print the last commits of each series, and where they changed and by which functions."""
    from ..reports import history as report

    found, changes = _changes(file, benchmark, least)
    if markdown:
        pass_on(report.render_markdown(found, changes))
        return
    for key, rows in found.items():
        show(report.make_table(rows, last), report.lines(rows[-last:], changes[key]))


@app.command()
def page(
    file: File,
    html: Annotated[Path, typer.Option("--html", help="write the page here")],
    benchmark: Benchmark = None,
    least: Least = 100 * LEAST,
) -> None:
    """Draw latency, memory and quality over commits, with the changes named by function."""
    from ..reports.history import render_history

    check_target(html)
    write_text(html, render_history(*_changes(file, benchmark, least)))


_Key = tuple[str, ...]


def _changes(
    file: Path, benchmark: str | None, least: float
) -> tuple[dict[_Key, list[Measured]], dict[_Key, list[ChangePoint]]]:
    """The rows by series, and where each series changed by `least` percent."""
    found = series_of(_rows(file, benchmark))
    return found, {key: change_points(rows, least / 100) for key, rows in found.items()}


def _rows(file: Path, benchmark: str | None) -> list[Measured]:
    from ..history import History

    with History(file) as kept:
        rows = kept.rows()
    if benchmark:
        rows = [row for row in rows if row.benchmark == benchmark]
    if not rows:
        of = f" of {benchmark}" if benchmark else ""
        raise TinySimError(f"{file}: has no results{of}")
    return rows
