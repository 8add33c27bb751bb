"""Tables of one inference: operations, functions, counters, and what lies in the arena."""

from ..results import Profile, Result
from .costs import hit_rates
from .grid import Grid, make_grid

_MOST_FUNCTIONS = 15
_NAME = 48
"""Characters of a tensor's name: converters join those of several layers."""


def profile_grids(name: str, profile: Profile) -> tuple[Grid, ...]:
    """Operations, functions and counters of one inference."""
    grids = []
    if profile.layers:
        operations = [
            (
                f"{number:02d} {cost.name}",
                f"{cost.cycles:,}",
                f"{cost.cycles / profile.cycles:.1%}",
                f"{sum(cost.stalls.values()) / cost.cycles:.1%}"
                if cost.stalls and cost.cycles
                else "-",
                f"{cost.instructions:,}",
                f"{cost.macs:,}" if cost.macs is not None else "-",
                f"{cost.cycles / cost.macs:.2f}" if cost.macs else "-",
            )
            for number, cost in enumerate(profile.layers)
        ]
        titles = ("operation", "cycles", "share", "waits", "instructions", "MACs", "cycles/MAC")
        grids.append(make_grid("Operations of one inference", titles, operations, of=name))
    rows = [
        (
            cost.name,
            f"{cost.cycles:,}",
            f"{cost.cycles / profile.cycles:.1%}",
            f"{cost.instructions:,}",
            f"{cost.cycles / cost.instructions:.2f}" if cost.instructions else "-",
        )
        for cost in profile.functions[:_MOST_FUNCTIONS]
    ]
    headings = ("function", "cycles", "share", "instructions", "CPI")
    grids.append(make_grid("Functions, callees apart", headings, rows, of=name))
    if profile.counters:
        counters = [(counter, f"{value:,}") for counter, value in profile.counters.items() if value]
        counters += [(rate, f"{value:.2%}") for rate, value in hit_rates(profile).items()]
        grids.append(
            make_grid("Counters of one inference", ("counter", "count"), counters, of=name)
        )
    return tuple(grids)


def plan_grids(name: str, result: Result) -> tuple[Grid, ...]:
    """Where each intermediate result lies; none where that is not known."""
    if result.plan is None or not result.plan.tensors:
        return ()
    rows = [
        (
            f"{number} {_short(part.name)}",
            f"{part.bytes:,}",
            f"{part.offset:,}",
            f"{part.first} to {part.last}",
        )
        for number, part in enumerate(result.plan.tensors)
    ]
    headings = ("tensor", "bytes", "from byte", "operations")
    return (make_grid("Intermediate results in the arena", headings, rows, of=name),)


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[:_NAME]}..."
