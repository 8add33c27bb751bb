"""The terminal's table: a row a result."""

from collections.abc import Sequence

from rich.table import Table

from ..results import Result
from . import text


def make_table(results: Sequence[Result]) -> Table:
    """Latency, size, quality and standing of each result."""
    table = Table(title="MLPerf Tiny, NUCLEO-L4R5ZI", title_justify="left")
    has_energy = any(result.energy for result in results)
    for heading, justify in _COLUMNS:
        if heading != "energy" or has_energy:
            table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for result in results:
        cells = [
            result.benchmark,
            text.latency(result),
            text.error_band(result),
            result.tier,
            f"{result.throughput_ips:.2f}",
            text.place(result),
            text.energy(result),
            text.instructions(result),
            text.cpi(result),
            text.quality(result),
            text.kib(result.memory.flash, result.memory.flash_available),
            text.kib(result.memory.ram, result.memory.ram_available),
            text.kib(result.memory.arena),
        ]
        if not has_energy:
            del cells[6]
        table.add_row(*cells)
    return table


_COLUMNS = (
    ("benchmark", "left"),
    ("latency", "right"),
    ("error", "right"),
    ("tier", "left"),
    ("inf/s", "right"),
    ("published", "right"),
    ("energy", "right"),
    ("instructions", "right"),
    ("CPI", "right"),
    ("quality", "right"),
    ("flash", "right"),
    ("RAM", "right"),
    ("arena", "right"),
)
