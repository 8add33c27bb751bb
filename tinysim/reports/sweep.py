"""The page of a sweep: every point by latency, and which of them nothing beats."""

from collections.abc import Sequence
from dataclasses import dataclass

from .template import load_template

_WIDTH, _HEIGHT, _LEFT, _BELOW = 640, 320, 70, 40


@dataclass(frozen=True)
class Spot:
    """A point of the sweep. Sizes are bytes; `figures` are what is compared, less being better."""

    name: str
    latency_us: float
    figures: dict[str, float]
    is_best: bool = False


@dataclass(frozen=True)
class Mark:
    """A spot on a plot, in its pixels."""

    x: float
    y: float
    spot: Spot
    value: float


@dataclass(frozen=True)
class Plot:
    """Latency against one figure."""

    figure: str
    marks: tuple[Mark, ...]
    most: tuple[float, float]
    """What the ends of the axes stand for."""


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
    """One self-contained page; a mark says what it is when it is hovered. No script, no network."""
    judged = fronted(spots)
    figures = list(judged[0].figures) if judged else []
    return load_template("sweep.html.j2").render(
        title=title,
        spots=sorted(judged, key=lambda spot: spot.latency_us),
        failed=failed,
        figures=figures,
        plots=[_plot(figure, judged) for figure in figures],
        size=(_WIDTH, _HEIGHT, _LEFT, _BELOW),
    )


def _plot(figure: str, spots: Sequence[Spot]) -> Plot:
    slowest = max(spot.latency_us for spot in spots)
    values = [abs(spot.figures[figure]) for spot in spots]  # what should be large is negative
    most = max(values) or 1.0
    marks = tuple(
        Mark(
            _LEFT + spot.latency_us / slowest * (_WIDTH - _LEFT - 20),
            _HEIGHT - _BELOW - value / most * (_HEIGHT - _BELOW - 20),
            spot,
            value,
        )
        for spot, value in zip(spots, values, strict=True)
    )
    return Plot(figure, marks, (slowest / 1000, most))
