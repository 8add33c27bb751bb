"""`tinysim sweep` and `tinysim query`."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ..storage import check_target, write_text
from .console import pass_on, say, show
from .options import PROCESSORS, Jobs
from .progress import watched


def sweep(
    grid: Annotated[Path, typer.Argument(help="a TOML file: its axes, and the values of each")],
    to: Annotated[Path, typer.Option("--to", help="the DuckDB file; an existing one is continued")],
    jobs: Jobs = PROCESSORS,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="measure on this Dask cluster's workers"),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="retry points whose row is an error")
    ] = False,
    parquet: Annotated[Path | None, typer.Option(help="write all rows here too")] = None,
    html: Annotated[Path | None, typer.Option(help="write a page with Pareto plots here")] = None,
) -> None:
    """Measure every combination of models, kernels and boards; exit code 1 when a point failed."""
    from ..sweeps import SweepTable, read_grid, run_on_cluster, run_sweep

    plan = read_grid(grid)
    for target in (parquet, html):
        if target:
            check_target(target)
    failed = 0
    with SweepTable(to, plan) as table:
        left = table.left(plan.points, again=again)
        say(f"{len(plan.points)} points, {len(plan.points) - len(left)} of them measured before")
        outcomes = run_on_cluster(left, scheduler) if scheduler else run_sweep(left, jobs)
        for measured in watched(outcomes, "sweep", len(left)):
            table.add(measured)
            failed += bool(measured.error)
        if parquet:
            table.write_parquet(parquet)
        if html:
            write_text(html, _page(grid.name, plan.axes, table.rows()))
    say(f"{to}: {len(left)} points added, {failed} of them errors")
    if failed:
        raise SystemExit(1)


def _page(title: str, axes: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    from ..reports.sweep import Spot, render_sweep

    good = [row for row in rows if row["error"] is None]
    figures: dict[str, Callable[[dict[str, Any]], float]] = {
        "RAM, KiB": lambda row: row["ram"] / 1024,
        "flash, KiB": lambda row: row["flash"] / 1024,
    }
    if good and all(row["energy_uj"] is not None for row in good):
        figures["energy, µJ (estimate)"] = lambda row: row["energy_uj"]
    if good and all(row["top1"] is not None for row in good):
        figures["right answers, %"] = lambda row: -100 * row["top1"]
    spots = [
        Spot(
            ", ".join(f"{axis} {row[axis]}" for axis in axes),
            row["latency_us"],
            {name: figure(row) for name, figure in figures.items()},
        )
        for row in good
    ]
    return render_sweep(f"Sweep: {title}", spots, len(rows) - len(good))


def query(
    table: Annotated[Path, typer.Argument(help="a DuckDB file that `tinysim sweep` wrote")],
    statement: Annotated[str, typer.Argument(help="SQL; the table's name is points")],
    as_csv: Annotated[bool, typer.Option("--csv", help="print CSV")] = False,
) -> None:
    """Query a sweep's table by SQL."""
    from rich.table import Table

    from ..sweeps.table import query

    names, rows = query(table, statement)
    if as_csv:
        content = io.StringIO()
        writer = csv.writer(content, lineterminator="\n")
        writer.writerows([names, *rows])
        pass_on(content.getvalue())
        return
    shown = Table(*names)
    for row in rows:
        shown.add_row(*("" if value is None else str(value) for value in row))
    show(shown)
