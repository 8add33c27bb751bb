"""`tinysim compare`."""

from pathlib import Path
from typing import Annotated

import typer

from ..results import load_results
from ..storage import write_text
from .console import ALL, show, width
from .options import Wide


def compare(
    first: Annotated[Path, typer.Argument(help="results, an estimate for example")],
    second: Annotated[Path, typer.Argument(help="results, a measurement for example")],
    html: Annotated[Path | None, typer.Option(help="write a page with the differences")] = None,
    wide: Wide = False,
) -> None:
    """Show the results of two runs side by side; exit code 1 when outputs differ."""
    from ..reports.comparison import make_table, pair_up, render_comparison
    from .show import more

    pairs = pair_up(load_results(first), load_results(second))
    if html:
        write_text(html, render_comparison(pairs))
    table, left_out = make_table(pairs, ALL if wide else width())
    show(table, more(left_out), whole=wide)
    if not all(pair.is_same for pair in pairs):
        raise SystemExit(1)
