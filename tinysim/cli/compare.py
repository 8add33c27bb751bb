"""`tinysim compare`."""

from pathlib import Path
from typing import Annotated

import typer

from ..results import load_results
from .console import show


def compare(
    first: Annotated[Path, typer.Argument(help="results, an estimate for example")],
    second: Annotated[Path, typer.Argument(help="results, a measurement for example")],
) -> None:
    """Show the results of two runs side by side; exit code 1 when outputs differ."""
    from ..reports.comparison import make_comparison

    table, same = make_comparison(load_results(first), load_results(second))
    show(table)
    if not same:
        raise SystemExit(1)
