"""Models of one's own: a row each."""

from collections.abc import Sequence

from rich.table import Table

from ..results import Result
from . import text
from .columns import Column, fit

_COLUMNS = (
    "model",
    "latency",
    "error",
    "tier",
    "cycles",
    "MACs",
    "cycles/MAC",
    "flash",
    "RAM",
    "arena",
    "as on the host",
)


TITLE = "Models on the NUCLEO-L4R5ZI"
COLUMNS: tuple[Column[Result], ...] = (
    Column("model", lambda result: result.benchmark, left=True),
    Column("latency\nms", text.latency_ms),
    Column("cycles\nM", lambda result: f"{result.cycles / 1e6:.3f}", rank=5),
    Column("MACs\nM", text.macs_m, rank=4),
    Column("cycles\n/MAC", text.cycles_per_mac, rank=6),
    Column("flash\nKiB", lambda r: text.kib(r.memory.flash, r.memory.flash_available, ""), rank=1),
    Column("RAM\nKiB", lambda r: text.kib(r.memory.ram, r.memory.ram_available, ""), rank=2),
    Column("arena\nKiB", lambda r: text.kib(r.memory.arena, unit=""), rank=7),
    Column("tier", lambda result: result.tier, rank=3, left=True),
    Column("as on\nthe host", text.equality, left=True),
)


def make_models(results: Sequence[Result], width: int = 200) -> tuple[Table, list[str]]:
    """Latency, work, memory, and whether the answers are the host's, in `width` characters; and
    the names of the columns that do not fit.
    """
    return fit(TITLE, COLUMNS, results, width)


def make_facts(result: Result) -> Table:
    """The same of one result as a column, for any width."""
    table = Table(title=result.benchmark, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for heading, cell in zip(_COLUMNS[1:], model_cells(result)[1:], strict=True):
        table.add_row(heading, cell)
    return table


def model_cells(result: Result) -> list[str]:
    """The row of one result."""
    macs = text.macs(result)
    return [
        result.benchmark,
        text.latency(result),
        text.error_band(result),
        result.tier,
        f"{result.cycles / 1e6:.3f} M",
        f"{macs / 1e6:.3f} M" if macs else "-",
        text.cycles_per_mac(result),
        text.kib(result.memory.flash, result.memory.flash_available),
        text.kib(result.memory.ram, result.memory.ram_available),
        text.kib(result.memory.arena),
        text.host(result),
    ]
