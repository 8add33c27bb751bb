"""One self-contained page of results: no network, and a script for zooming alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..benchmarks.any_model import MODEL_ID
from ..results import Profile, Result
from . import charts, model, streaming, text
from .details import plan_grids, profile_grids
from .figure import Figure, draw
from .flame import flame
from .grid import Grid, grid_of
from .overview import results_grid, sizes_grid, tier_note
from .placement import picture, placement_grid
from .strip import Strip
from .template import load_template
from .timeline import memory_map, timeline

_CHARTS = (
    (
        "What was heard",
        streaming.heard,
        "The sound with its words, output 0 with its threshold, detections, and when frames were "
        "processed.",
    ),
    (
        "Against published submissions of this board",
        charts.against_published,
        "Milliseconds an inference. Diamond: this result.",
    ),
    ("Memory", charts.memory, "What lies in flash and in RAM."),
    ("Confusion matrix", charts.confusion, "Inputs by label and answer. Blue: right."),
    (
        "Receiver operating characteristic",
        charts.roc,
        "Each dot is a threshold of the mean score.",
    ),
)


@dataclass(frozen=True)
class _Section:
    name: str
    result: Result
    strips: tuple[Strip, ...]
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...]


def render_html(results: Sequence[Result]) -> str:
    """The page, from results alone."""
    title = "MLPerf Tiny, NUCLEO-L4R5ZI"
    overview = [results_grid("Results", results), sizes_grid("What they take", results)]
    if all(result.model_id == MODEL_ID for result in results):
        title = model.TITLE
        overview = [grid_of("Results", model.COLUMNS, results)]
    return load_template("results.html.j2").render(
        title=title,
        overview=overview,
        tiers=tier_note(results),
        notes=text.notes(results),
        sections=[_section(result) for result in results],
        text=text,
        is_zoomed=True,
    )


def render_profile(name: str, profile: Profile, counted: str) -> str:
    """The page of a profile without a result; `counted` says how its cycles were."""
    strips = [timeline(profile, profile.clock_hz), flame(name, profile)]
    return load_template("profile.html.j2").render(
        title=f"Profile: {name}",
        cycles=profile.cycles,
        counted=counted,
        ms=profile.cycles / profile.clock_hz * 1000 if profile.clock_hz else None,
        strips=[strip for strip in strips if strip],
        grids=profile_grids(name, profile),
        is_zoomed=True,
    )


def _section(result: Result) -> _Section:
    name = f"{result.title or result.benchmark}, {result.mode}"
    profile = result.profile
    over_time = timeline(profile, result.clock_hz, result.plan) if profile else None
    strips = (
        over_time or memory_map(result),
        picture(result),
        flame(result.benchmark, profile) if profile else None,
    )
    return _Section(
        name,
        result,
        tuple(strip for strip in strips if strip),
        tuple(
            draw(title, spec, says, is_broad="vconcat" in spec)
            for title, chart, says in _CHARTS
            if (spec := chart(result))
        ),
        (
            *(profile_grids(name, profile) if profile else ()),
            *plan_grids(name, result),
            *placement_grid(name, result),
        ),
    )
