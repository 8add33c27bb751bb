"""Programs that count their own cycles: a table, and a page with a plot of the errors."""

import re
from collections.abc import Sequence

from rich.table import Table

from ..results.programs import ProgramValidation
from .errors import SAYS, plot_errors
from .figure import draw
from .grid import Grid, make_grid
from .template import load_template


def make_programs(done: ProgramValidation) -> tuple[Table, list[str]]:
    """The table of a set, and what its errors come to, a line each."""
    table = Table(title=f"Programs of {done.set} at tier {done.tier}, cycles")
    for heading in ("program", "operation", "compiler"):
        table.add_column(heading)
    for heading in ("silicon", "estimate", "error"):
        table.add_column(heading, justify="right")
    for row in done.rows:
        error = row.error
        table.add_row(
            row.program,
            row.operation,
            _short(row.compiler),
            f"{row.silicon:,.0f} ({row.judged})",
            "-" if row.estimate is None else f"{row.estimate:,.0f}",
            "not printed" if error is None else f"{error:+.2%}",
        )
    return table, _notes(done)


def _notes(done: ProgramValidation) -> list[str]:
    return [
        f"{spread.group}: {spread.operations} operations, mean {spread.mean:.2%}, worst "
        f"{spread.worst:+.2%}, bias {spread.bias:+.2%}"
        for spread in done.spreads
    ]


def render_programs(validations: Sequence[ProgramValidation]) -> str:
    """One self-contained page, a section a tier."""
    sections = []
    for done in validations:
        errors = [
            (f"{row.program}: {row.operation}", row.group, row.error)
            for row in done.rows
            if row.error is not None
        ]
        plot = plot_errors(errors)
        title = f"Error by operation, tier {done.tier}"
        figure = draw(title, plot, SAYS, is_broad=True) if plot else None
        sections.append((done, _notes(done), figure, _rows(done)))
    return load_template("programs.html.j2").render(sections=sections)


def _rows(done: ProgramValidation) -> Grid:
    rows = [
        (
            f"{row.program}: {row.operation}",
            _short(row.compiler),
            f"{row.silicon:,.0f}",
            "not printed" if row.estimate is None else f"{row.estimate:,.0f}",
            "-" if row.error is None else f"{row.error:+.2%}",
        )
        for row in done.rows
    ]
    headings = ("program, operation", "compiler", "silicon, cycles", "estimate, cycles", "error")
    caption = f"Cycles of each operation, {done.set}, tier {done.tier}"
    return make_grid(caption, headings, rows, left=("compiler",))


def _short(compiler: str) -> str:
    """GCC's version out of what it calls itself."""
    found = re.search(r"(\d+\.\d+\.\d+)", compiler) if compiler.startswith("GCC:") else None
    return f"GCC {found[1]}" if found else compiler
