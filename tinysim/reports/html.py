"""One self-contained page of results: no network, and a script for zooming alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..benchmarks.any_model import MODEL_ID
from ..results import Profile, Result
from . import charts, streaming, table, text
from .columns import Column
from .costs import hit_rates
from .figure import Figure, draw
from .flame import flame
from .grid import Cell, Grid, grid_of, make_grid
from .strip import Strip
from .template import load_template
from .timeline import memory_map, timeline

_CHARTS = (
    ("What was heard", streaming.heard, 720),
    ("Against published submissions of this board", charts.against_published, 720),
    ("Memory", charts.memory, 720),
    ("Confusion matrix", charts.confusion, 720),
    ("Receiver operating characteristic", charts.roc, 420),
)
_MOST_FUNCTIONS = 15


@dataclass(frozen=True)
class _Section:
    name: str
    result: Result
    strips: tuple[Strip, ...]
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...]


def render_html(results: Sequence[Result]) -> str:
    """The page, from results alone."""
    return load_template("results.html.j2").render(
        title="MLPerf Tiny, NUCLEO-L4R5ZI"
        if any(result.model_id != MODEL_ID for result in results)
        else "Models on the NUCLEO-L4R5ZI",
        overview=results_grid("Results", results),
        tiers=tier_note(results),
        notes=text.notes(results),
        sections=[_section(result) for result in results],
        text=text,
        is_zoomed=True,
    )


def render_profile(name: str, profile: Profile, clock_hz: int) -> str:
    """The page of a profile without a result."""
    strips = [timeline(profile, clock_hz), flame(name, profile)]
    return load_template("profile.html.j2").render(
        title=f"Profile: {name}",
        cycles=profile.cycles,
        ms=profile.cycles / clock_hz * 1000,
        strips=[strip for strip in strips if strip],
        grids=profile_grids(name, profile),
        is_zoomed=True,
    )


def results_grid(caption: str, results: Sequence[Result]) -> Grid:
    """A row a result; what a coarser tier says is marked where there is a finer one beside it."""
    coarse = coarser(results)
    columns = list(table.COLUMNS)
    columns.insert(1, Column("mode", lambda result: result.mode, left=True))
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


def _section(result: Result) -> _Section:
    name = f"{result.title or result.benchmark}, {result.mode}"
    profile = result.profile
    strips: list[Strip | None] = []
    if profile:
        strips.append(timeline(profile, result.clock_hz, result.plan))
        strips.append(flame(result.benchmark, profile))
    if strips[:1] in ([], [None]):
        strips.append(memory_map(result))
    return _Section(
        name,
        result,
        tuple(strip for strip in strips if strip),
        tuple(
            draw(title, spec, most=most)
            for title, chart, most in _CHARTS
            if (spec := chart(result))
        ),
        (*(profile_grids(name, profile) if profile else ()), *_plan_grid(name, result)),
    )


def profile_grids(name: str, profile: Profile) -> tuple[Grid, ...]:
    """Operations, functions and counters of one inference."""
    grids = []
    if profile.layers:
        rows = [
            (
                f"{number:02d} {cost.name}",
                f"{cost.cycles:,}",
                f"{cost.cycles / profile.cycles:.1%}",
                f"{sum(cost.stalls.values()) / cost.cycles:.1%}" if cost.stalls else "-",
                f"{cost.instructions:,}",
                f"{cost.macs:,}" if cost.macs is not None else "-",
                f"{cost.cycles / cost.macs:.2f}" if cost.macs else "-",
            )
            for number, cost in enumerate(profile.layers)
        ]
        headings = ("operation", "cycles", "share", "waits", "instructions", "MACs", "cycles/MAC")
        grids.append(make_grid(f"Operations of one inference, {name}", headings, rows))
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
    grids.append(make_grid(f"Functions, callees apart, {name}", headings, rows))
    if profile.counters:
        counters = [(counter, f"{value:,}") for counter, value in profile.counters.items()]
        counters += [(rate, f"{value:.2%}") for rate, value in hit_rates(profile).items()]
        grids.append(
            make_grid(f"Counters of one inference, {name}", ("counter", "count"), counters)
        )
    return tuple(grids)


def _plan_grid(name: str, result: Result) -> tuple[Grid, ...]:
    if result.plan is None or not result.plan.tensors:
        return ()
    rows = [
        (
            f"{number} {part.name}",
            f"{part.bytes:,}",
            f"{part.offset:,}",
            f"{part.first} to {part.last}",
        )
        for number, part in enumerate(result.plan.tensors)
    ]
    headings = ("tensor", "bytes", "from byte", "operations")
    return (make_grid(f"Intermediate results in the arena, {name}", headings, rows),)
