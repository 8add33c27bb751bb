"""Programs that count their own cycles, as a table."""

import re

from rich.table import Table

from ..results.programs import ProgramValidation


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
    notes = [
        f"{spread.group}: {spread.operations} operations, mean {spread.mean:.2%}, worst "
        f"{spread.worst:+.2%}, bias {spread.bias:+.2%}"
        for spread in done.spreads()
    ]
    return table, notes


def _short(compiler: str) -> str:
    """GCC's version out of what it calls itself."""
    found = re.search(r"(\d+\.\d+\.\d+)", compiler) if compiler.startswith("GCC:") else None
    return f"GCC {found[1]}" if found else compiler
