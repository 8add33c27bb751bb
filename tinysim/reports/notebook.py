"""Pieces of HTML for a notebook: what a page has, without its script."""

from collections.abc import Sequence

from ..results import Profile, Result
from . import text
from .comparison import Pair, compared
from .details import profile_grids
from .flame import flame
from .grid import Grid, make_grid
from .overview import results_grid, sizes_grid
from .strip import Strip
from .template import load_template
from .timeline import timeline


def result_fragment(result: Result) -> str:
    """Its row, how far to trust it, and one inference over time."""
    overview = [results_grid("Result", [result]), sizes_grid("What it takes", [result])]
    drawn = result.profile and timeline(result.profile, result.clock_hz, result.plan)
    return _render(overview, notes=text.notes([result]), strips=[drawn] if drawn else [])


def results_fragment(results: Sequence[Result]) -> str:
    """A row each."""
    overview = [results_grid("Results", results), sizes_grid("What they take", results)]
    return _render(overview, notes=text.notes(results))


def profile_fragment(name: str, profile: Profile) -> str:
    """One inference over time, its flame graph, and the tables."""
    drawn = (timeline(profile, profile.clock_hz), flame(name, profile))
    return _render(strips=[strip for strip in drawn if strip], grids=profile_grids(name, profile))


def comparison_fragment(pairs: Sequence[Pair]) -> str:
    """A row a benchmark and mode."""
    return _render([compared(pairs)])


def facts_fragment(caption: str, facts: Sequence[tuple[str, str]]) -> str:
    """A name and a value each."""
    return _render([make_grid(caption, ("what", "value"), facts, ("value",))])


def _render(
    overview: Sequence[Grid] = (),
    *,
    notes: Sequence[str] = (),
    strips: Sequence[Strip] = (),
    grids: Sequence[Grid] = (),
) -> str:
    return load_template("notebook.html.j2").render(
        overview=overview, notes=notes, strips=strips, grids=grids
    )
