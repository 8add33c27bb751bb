"""`tinysim gate`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..results import Result, load_results
from ..results.baseline import Baseline, Change, compare, load_baseline
from ..results.history import Commit, Measured, change_points, series_of
from ..storage import make_folder, write_text
from .console import say, show, warn
from .show import show_results


def gate(
    results: Annotated[list[Path], typer.Argument(help="JSON files that `run --json` wrote")],
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help="where the files go; made if missing")
    ],
    baseline: Annotated[
        Path | None, typer.Option(help="compare with this; exit code 1 when something got worse")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help="add the results to this history (a DuckDB file)")
    ] = None,
    machine: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="where it ran", show_default="its system and processor"),
    ] = None,
    commit: Annotated[
        str | None,
        typer.Option(
            metavar="SHA",
            help="with --history: the commit",
            show_default="what is checked out here",
        ),
    ] = None,
) -> None:
    """Judge stored results in CI; write what it shows: summary, JUnit, pages.

    FOLDER gets summary.md, which is a comment's text too, junit.xml, page.html and, with a
    history, history.html.

    Exit code 1 when a target was missed, something is worse than the baseline, or there is no
    such baseline: then FOLDER/baseline.json is one, to be committed.
    """
    for name, given in (("--machine", machine), ("--commit", commit)):
        if given and not history:
            raise TinySimError(f"{name} goes with --history")
    loaded = [result for path in results for result in load_results(path)]
    make_folder(to)
    before = load_baseline(baseline) if baseline and baseline.exists() else None
    changes = [change for result in loaded for change in compare(before, result)] if before else []
    kept = _keep(history, loaded, machine, commit) if history else []
    _write(to, loaded, before, changes, kept)
    _show(loaded, before, changes)
    missing = baseline is not None and before is None
    if missing:
        write_text(
            to / "baseline.json", Baseline().replaced(loaded).model_dump_json(indent=2) + "\n"
        )
        warn(f"{baseline}: does not exist; commit {to / 'baseline.json'} as this file")
    say(f"{to}: {', '.join(sorted(path.name for path in to.iterdir()))}")
    if missing or any(result.is_missed for result in loaded) or any(c.fails for c in changes):
        raise SystemExit(1)


def _keep(
    file: Path, results: Sequence[Result], machine: str | None, sha: str | None
) -> list[Measured]:
    """Add the results to a history; all of its rows of the same series."""
    from ..history import History, parse_time, this_commit, this_machine

    commit = Commit(sha, parse_time(None)) if sha else this_commit()
    where = machine or this_machine()
    rows = [Measured.of(result, commit, where) for result in results]
    with History(file, writes=True) as kept:
        kept.add(rows)
        ours = {row.series for row in rows}
        return [row for row in kept.rows() if row.series in ours]


def _write(
    to: Path,
    results: Sequence[Result],
    before: Baseline | None,
    changes: Sequence[Change],
    kept: Sequence[Measured],
) -> None:
    from ..reports.changes import render_changes
    from ..reports.history import render_history, render_markdown
    from ..reports.html import render_html
    from ..reports.junit import render_junit
    from ..reports.markdown import render_markdown as render_results

    parts = [render_results(results)]
    if before:
        parts.append(render_changes(before, results, changes))
    if kept:
        found = series_of(kept)
        points = {key: change_points(rows) for key, rows in found.items()}
        parts.append(render_markdown(found, points))
        write_text(to / "history.html", render_history(found, points))
    write_text(to / "summary.md", "\n".join(parts))
    write_text(to / "junit.xml", render_junit(results, changes))
    write_text(to / "page.html", render_html(results))


def _show(results: Sequence[Result], before: Baseline | None, changes: Sequence[Change]) -> None:
    from ..reports.changes import make_changes

    show_results(results)
    if before:
        show(make_changes(before, results, changes))
