"""Models of one's own: a row each."""

from collections.abc import Sequence

from rich.table import Table

from ..results import Result
from . import charts, text
from .template import load_template

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
_LEFT = ("model", "tier", "as on the host")


def make_models(results: Sequence[Result]) -> Table:
    """Latency, work, memory, and whether the answers are the host's."""
    table = Table(title="Models on the NUCLEO-L4R5ZI", title_justify="left")
    for heading in _COLUMNS:
        table.add_column(heading, justify="left" if heading in _LEFT else "right", no_wrap=True)
    for result in results:
        table.add_row(*model_cells(result))
    return table


def make_facts(result: Result) -> Table:
    """The same of one result as a column, for any width."""
    table = Table(title=result.benchmark, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for heading, cell in zip(_COLUMNS[1:], model_cells(result)[1:], strict=True):
        table.add_row(heading, cell)
    return table


def render_fragment(result: Result) -> str:
    """A piece of HTML for a notebook: the row, cycles by operation, and the arena."""
    drawn = (("Operations", charts.layers(result)), ("Arena", charts.plan(result)))
    return load_template("model.html.j2").render(
        headings=_COLUMNS,
        cells=model_cells(result),
        images=[(title, charts.as_image(spec)) for title, spec in drawn if spec],
    )


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
        f"{result.cycles / macs:.2f}" if macs else "-",
        text.kib(result.memory.flash, result.memory.flash_available),
        text.kib(result.memory.ram, result.memory.ram_available),
        text.kib(result.memory.arena),
        text.host(result),
    ]
