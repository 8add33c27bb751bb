"""The page of a sweep: every point by latency, and which of them nothing beats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .figure import OTHERS, OURS, draw
from .grid import make_grid
from .template import load_template


@dataclass(frozen=True)
class Spot:
    """A point of the sweep. Sizes are bytes; `figures` are what is compared, less being better."""

    name: str
    latency_us: float
    figures: dict[str, float]
    is_best: bool = False


def fronted(spots: Sequence[Spot]) -> list[Spot]:
    """The same, each with whether none of the others is as good in all and better in something."""
    costs = [(spot.latency_us, *spot.figures.values()) for spot in spots]

    def is_beaten(mine: tuple[float, ...]) -> bool:
        return any(
            other != mine and all(a <= b for a, b in zip(other, mine, strict=True))
            for other in costs
        )

    return [
        Spot(spot.name, spot.latency_us, spot.figures, not is_beaten(cost))
        for spot, cost in zip(spots, costs, strict=True)
    ]


def render_sweep(title: str, spots: Sequence[Spot], failed: int) -> str:
    """One self-contained page; a mark says what it is when it is pointed at."""
    judged = fronted(spots)
    figures = list(judged[0].figures) if judged else []
    best = sorted((spot for spot in judged if spot.is_best), key=lambda spot: spot.latency_us)
    rows = [
        (
            spot.name,
            f"{spot.latency_us / 1000:.3f}",
            *(f"{abs(value):.5g}" for value in spot.figures.values()),
        )
        for spot in best
    ]
    return load_template("sweep.html.j2").render(
        title=title,
        points=len(spots),
        failed=failed,
        plots=[draw(f"Latency and {figure}", _plot(figure, judged)) for figure in figures],
        best=make_grid("Points that are not beaten", ("point", "latency\nms", *figures), rows),
    )


def _plot(figure: str, spots: Sequence[Spot]) -> dict[str, Any]:
    values = [
        {
            "ms": spot.latency_us / 1000,
            "value": abs(spot.figures[figure]),  # what should be large is negative
            "best": "not beaten" if spot.is_best else "beaten",
            "say": f"{spot.name}: {spot.latency_us / 1000:.3f} ms, {figure} "
            f"{abs(spot.figures[figure]):.5g}",
        }
        for spot in sorted(spots, key=lambda spot: spot.is_best)  # the last lie above
    ]
    return {
        "data": {"values": values},
        "height": 300,
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": {
            "x": {"field": "ms", "type": "quantitative", "title": "ms an inference"},
            "y": {"field": "value", "type": "quantitative", "title": figure},
            "color": {
                "field": "best",
                "type": "nominal",
                "title": None,
                "scale": {"domain": ["not beaten", "beaten"], "range": [OURS, OTHERS]},
            },
            "shape": {
                "field": "best",
                "type": "nominal",
                "scale": {"domain": ["not beaten", "beaten"], "range": ["diamond", "circle"]},
            },
            "description": {"field": "say"},
        },
    }
