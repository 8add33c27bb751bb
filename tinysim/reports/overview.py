"""Tables of results: how fast and how good each is, and what it takes."""

from collections.abc import Sequence

from ..results import Result
from . import table, text
from .columns import Column
from .grid import Cell, Grid, grid_of

_SIZES = ("flash\nKiB", "RAM\nKiB", "arena\nKiB", "instr.\nM", "CPI")
_MODE: Column[Result] = Column("mode", lambda result: result.mode, left=True)


def results_grid(caption: str, results: Sequence[Result]) -> Grid:
    """How fast and how good, a row a result; what a coarser tier says is marked where there is a
    finer one beside it.
    """
    coarse = coarser(results)
    columns = [column for column in table.COLUMNS if column.heading not in _SIZES]
    columns.insert(3, _MODE)
    return grid_of(
        caption,
        columns,
        results,
        {
            "latency\nms": lambda result: Cell(
                text.latency_ms(result),
                "coarse" if result.tier in coarse else "",
                result.tier if result.tier in coarse else "",
            ),
            "quality": lambda result: Cell(
                text.achieved(result), "fail" if result.is_missed else ""
            ),
            "inf/s": lambda result: Cell(
                f"{result.throughput_ips:.2f}", "coarse" if result.tier in coarse else ""
            ),
        },
    )


def sizes_grid(caption: str, results: Sequence[Result]) -> Grid:
    """What a result takes."""
    columns = [column for column in table.COLUMNS if column.heading in _SIZES]
    return grid_of(caption, [table.COLUMNS[0], _MODE, *columns], results)


def coarser(results: Sequence[Result]) -> frozenset[str]:
    """The tiers below the finest one."""
    tiers = {result.tier for result in results if result.tier[:1] == "T"}
    return frozenset(tiers - {max(tiers)}) if tiers else frozenset()


def tier_note(results: Sequence[Result]) -> str:
    """What the marks mean; empty where there are none."""
    marked = sorted(coarser(results))
    if not marked:
        return ""
    finest = max(result.tier for result in results if result.tier[:1] == "T")
    return (
        f"Latencies marked {' or '.join(marked)} were counted at a coarser tier than {finest}, "
        "with a wider band: rows of two tiers are not to be compared."
    )
