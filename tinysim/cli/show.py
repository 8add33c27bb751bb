"""How results come out."""

import json
from collections.abc import Sequence
from pathlib import Path

from ..results import Result
from ..storage import check_target, write_text
from .console import ALL, pass_on, show, width


def write_json(results: Sequence[Result], target: str | None) -> None:
    """Write a result, or a list of them, to a file or to stdout (`-`)."""
    if target is None:
        return
    dumped = [json.loads(result.model_dump_json()) for result in results]
    write_to(target, json.dumps(dumped[0] if len(dumped) == 1 else dumped, indent=2))


def write_to(target: str, text: str) -> None:
    """Write text, as lines, to a file or to stdout (`-`)."""
    if target == "-":
        pass_on(text + "\n")
    else:
        write_text(Path(target), text + "\n")


def check_json(target: str | None) -> None:
    """Find out before a run whether its result can be written.

    Raises:
        StorageError: it cannot.

    """
    if target is not None and target != "-":
        check_target(Path(target))


def show_results(results: Sequence[Result], *, wide: bool = False) -> None:
    """Print the table of results, and what to know of them; `wide`: with every column."""
    from ..reports import text
    from ..reports.table import make_table

    table, left_out = make_table(results, ALL if wide else width())
    show(table, [*more(left_out), *text.notes(results)], whole=wide)


def more(left_out: Sequence[str]) -> list[str]:
    """A line that says what a table has no room for."""
    return [f"--wide shows also: {'; '.join(left_out)}"] if left_out else []
