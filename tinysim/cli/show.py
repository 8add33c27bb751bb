"""How results and tables come out."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..results import Result

if TYPE_CHECKING:
    from rich.console import RenderableType


def write_json(results: Sequence[Result], target: str | None) -> None:
    """Write a result, or a list of them, to a file or to stdout (`-`)."""
    if target is None:
        return
    dumped = [json.loads(result.model_dump_json()) for result in results]
    text = json.dumps(dumped[0] if len(dumped) == 1 else dumped, indent=2) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text)


def show(table: "RenderableType", notes: Sequence[str] = ()) -> None:
    """Print a table and lines below it; as wide as it is where nobody watches."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        # A pipe or a log has no width of its own, and a cut figure is no figure.
        console = Console(width=max(console.width, 200))
    console.print(table)
    for note in notes:
        console.print(note, highlight=False, markup=False)


def show_results(results: Sequence[Result]) -> None:
    """Print the table of results."""
    from ..reports import text
    from ..reports.table import make_table

    show(make_table(results), text.notes(results))
