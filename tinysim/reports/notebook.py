"""Pieces of HTML for a notebook: what a page has, without its script."""

from collections.abc import Sequence

from ..results import Profile, Result
from . import text
from .comparison import HEADINGS, Pair
from .details import profile_grids
from .flame import flame
from .grid import Grid, make_grid
from .overview import results_grid, sizes_grid
from .strip import Strip
from .template import load_template
from .timeline import timeline


def result_fragment(result: Result) -> str:
    """Its row, how far to trust it, and one inference over time."""
    strips = _strips(result.benchmark, result.profile, result)
    return _render(
        [results_grid("Result", [result]), sizes_grid("What it takes", [result])],
        strips,
        text.notes([result]),
    )


def results_fragment(results: Sequence[Result]) -> str:
    """A row each."""
    return _render(
        [results_grid("Results", results), sizes_grid("What they take", results)],
        [],
        text.notes(results),
    )


def profile_fragment(name: str, profile: Profile) -> str:
    """One inference over time, its flame graph, and the tables."""
    strips = [timeline(profile, profile.clock_hz), flame(name, profile)]
    return _render(profile_grids(name, profile), [strip for strip in strips if strip], ())


def comparison_fragment(pairs: Sequence[Pair]) -> str:
    """A row a benchmark and mode."""
    rows = [pair.cells() for pair in pairs]
    left = ("mode", "first", "second", "outputs")
    return _render([make_grid("Side by side", HEADINGS, rows, left)], [], ())


def facts_fragment(caption: str, facts: Sequence[tuple[str, str]]) -> str:
    """A name and a value each."""
    return _render([make_grid(caption, ("what", "value"), facts, ("value",))], [], ())


def _strips(name: str, profile: Profile | None, result: Result) -> list[Strip]:
    if profile is None:
        return []
    made = [timeline(profile, result.clock_hz, result.plan), flame(name, profile)]
    return [strip for strip in made if strip]


def _render(grids: Sequence[Grid], strips: Sequence[Strip], notes: Sequence[str]) -> str:
    return load_template("notebook.html.j2").render(grids=grids, strips=strips, notes=notes)
