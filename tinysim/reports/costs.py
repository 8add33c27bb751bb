"""A profile as tables and as folded stacks."""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from ..results import Cost, Profile


def make_costs(profile: Profile, most: int = 20) -> list[Table]:
    """Operations, the dearest functions, and the engine's counters."""
    tables = []
    if profile.layers:
        tables.append(_layers(profile))
    functions = _table("Functions, callees apart", ("cycles", "share", "instructions", "CPI"))
    for cost in profile.functions[:most]:
        functions.add_row(cost.name, *_figures(cost, profile), f"{_cpi(cost):.2f}")
    tables.append(functions)
    if profile.counters:
        counters = _table("Counters", ("count",))
        for name, value in profile.counters.items():
            counters.add_row(name, f"{value:,}")
        for name, rate in hit_rates(profile).items():
            counters.add_row(name, f"{rate:.2%}")
        tables.append(counters)
    return tables


def hit_rates(profile: Profile) -> dict[str, float]:
    """The share of words that the flash accelerator had at hand; a prefetched row counts."""
    counters = profile.counters
    rates = {}
    for name in ("fetch", "read"):
        if total := counters.get(f"flash.{name}", 0):
            rates[f"flash.{name}_hit_rate"] = 1 - counters[f"flash.{name}_miss"] / total
    return rates


def _layers(profile: Profile) -> Table:
    table = _table(
        "Operations, callees included", ("cycles", "share", "instructions", "MACs", "cycles/MAC")
    )
    for number, cost in enumerate(profile.layers):
        table.add_row(
            f"{number:02d} {cost.name}",
            *_figures(cost, profile),
            "-" if cost.macs is None else f"{cost.macs:,}",
            f"{cost.cycles / cost.macs:.2f}" if cost.macs else "-",
        )
    return table


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _figures(cost: Cost, profile: Profile) -> tuple[str, str, str]:
    share = cost.cycles / profile.cycles if profile.cycles else 0.0
    return f"{cost.cycles:,}", f"{share:.1%}", f"{cost.instructions:,}"


def _cpi(cost: Cost) -> float:
    return cost.cycles / cost.instructions if cost.instructions else 0.0


def render_folded(root: str, profile: Profile) -> str:
    """A line a stack, `root;operation;function cycles`, as flame graph programs read it."""
    lines: list[str] = []
    elsewhere = Counter({cost.name: cost.cycles for cost in profile.functions})
    for number, layer in enumerate(profile.layers):
        for part in layer.parts:
            lines.append(f"{root};{number:02d} {layer.name};{part.name} {part.cycles}")
            elsewhere[part.name] -= part.cycles
    lines += [f"{root};{name} {cycles}" for name, cycles in elsewhere.items() if cycles > 0]
    return "\n".join(lines) + "\n"
