"""Models side by side: which of them no other one beats in everything."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from ..results import Result
from . import text
from .columns import Column, fit
from .figure import OTHERS, OURS, draw
from .grid import Cell, grid_of
from .model import COLUMNS, TITLE
from .template import load_template


def front(results: Sequence[Result]) -> list[bool]:
    """For each whether none of the others is at least as good in latency, flash, RAM and, where
    all have it, accuracy, and better in one of them.
    """
    costs = [_costs(result, results) for result in results]
    return [
        not any(
            other != ours and all(a <= b for a, b in zip(other, ours, strict=True))
            for other in costs
        )
        for ours in costs
    ]


def _costs(result: Result, results: Sequence[Result]) -> tuple[float, ...]:
    costs = (result.latency_us, float(result.memory.flash), float(result.memory.ram or 0))
    if all(other.accuracy and other.accuracy.top1 is not None for other in results):
        assert result.accuracy is not None and result.accuracy.top1 is not None
        return (*costs, -result.accuracy.top1)
    return costs


def make_side_by_side(results: Sequence[Result], width: int = 200) -> tuple[Table, list[str]]:
    """The models' table, with accuracy and the Pareto front."""
    return fit(TITLE, _columns(results), results, width)


def _columns(results: Sequence[Result]) -> tuple[Column[Result], ...]:
    best = {id(result): of_front for result, of_front in zip(results, front(results), strict=True)}
    return (
        *COLUMNS,
        Column("top-1", text.top1_share),
        Column("not\nbeaten", lambda result: "yes" if best[id(result)] else "no", left=True),
    )


def render_side_by_side(results: Sequence[Result]) -> str:
    """A page with the table and the plots, in which a model has its number in the table."""
    numbers = {id(result): number for number, result in enumerate(results, 1)}
    return load_template("models.html.j2").render(
        title=TITLE,
        table=grid_of(
            "Models side by side",
            _columns(results),
            results,
            {
                "model": lambda result: Cell(f"{numbers[id(result)]} {result.benchmark}", "long"),
                "top-1": lambda result: Cell(text.top1(result)),
            },
        ),
        notes=text.notes(results),
        figures=[
            draw(title, spec)
            for title, field in (
                ("Latency and RAM", "RAM, KiB"),
                ("Latency and flash", "flash, KiB"),
                ("Latency and accuracy", "top-1, %"),
            )
            if (spec := _plot(results, field))
        ],
    )


def _plot(results: Sequence[Result], field: str) -> dict[str, Any] | None:
    values = [
        {
            "number": number,
            "model": result.benchmark,
            "ms": result.latency_us / 1000,
            "RAM, KiB": (result.memory.ram or 0) / 1024,
            "flash, KiB": result.memory.flash / 1024,
            "top-1, %": 100 * result.accuracy.top1
            if result.accuracy and result.accuracy.top1 is not None
            else None,
            "best": "not beaten" if best else "beaten",
        }
        for number, (result, best) in enumerate(zip(results, front(results), strict=True), 1)
    ]
    if any(value[field] is None for value in values):
        return None
    for value in values:
        value["say"] = f"{value['model']}: {value['ms']:.2f} ms, {field} {value[field]:.4g}"
    place: dict[str, Any] = {
        "x": {"field": "ms", "type": "quantitative", "title": "ms an inference"},
        "y": {"field": field.replace(".", "\\."), "type": "quantitative", "title": field},
    }
    return {
        "data": {"values": values},
        "height": 280,
        "layer": [
            {
                "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
                "encoding": {
                    **place,
                    "description": {"field": "say"},
                    "color": {
                        "field": "best",
                        "type": "nominal",
                        "title": None,
                        "scale": {
                            "domain": ["not beaten", "beaten"],
                            "range": [OURS, OTHERS],
                        },
                    },
                },
            },
            {
                "mark": {"type": "text", "dy": -12},
                "encoding": {**place, "text": {"field": "number"}},
            },
        ],
    }
