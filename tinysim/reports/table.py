"""The terminal's table of benchmarks: a row a result."""

from collections.abc import Sequence

from rich.table import Table

from ..results import Result
from . import text
from .columns import NOTHING, Column, fit


def make_table(results: Sequence[Result], width: int = 200) -> tuple[Table, list[str]]:
    """Latency, quality, size and standing of each result, in `width` characters; and the names of
    the columns that do not fit.
    """
    return fit("MLPerf Tiny, NUCLEO-L4R5ZI", COLUMNS, results, width)


def make_facts(result: Result) -> Table:
    """The same of one result as a column, for any width."""
    table = Table(title=result.title or result.benchmark, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for column in COLUMNS:
        if (cell := column.cell(result)) != NOTHING:
            table.add_row(column.name, cell)
    return table


COLUMNS: tuple[Column[Result], ...] = (
    Column("benchmark", lambda result: result.benchmark, left=True),
    Column("latency\nms", text.latency_ms),
    Column("inf/s", lambda result: f"{result.throughput_ips:.2f}"),
    Column("quality", text.achieved),
    Column("duty\ncycle", text.duty_cycle, rank=3),
    Column("target", text.target, rank=5),
    Column("inputs", text.scored, rank=7),
    Column("flash\nKiB", lambda r: text.kib(r.memory.flash, r.memory.flash_available, ""), rank=1),
    Column("RAM\nKiB", lambda r: text.kib(r.memory.ram, r.memory.ram_available, ""), rank=2),
    Column("arena\nKiB", lambda r: text.kib(r.memory.arena, unit=""), rank=8),
    Column("energy, est.\n\u00b5J", lambda result: text.energy(result, ""), rank=3),
    Column("among\npublished", text.place, rank=4),
    Column("tier", lambda result: result.tier, rank=6, left=True),
    Column("instr.\nM", lambda result: text.instructions(result, ""), rank=9),
    Column("CPI", text.cpi, rank=10),
)
