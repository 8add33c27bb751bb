"""The page of a training: its curves."""

from typing import Any

from ..training.history import History
from .figure import OTHERS, OURS, draw
from .template import load_template

_CURVES = (
    ("Loss", "loss", "validation_loss"),
    ("Share of right answers", "accuracy", "validation_accuracy"),
    ("Learning rate", "rate", None),
)


def render_training(title: str, history: History) -> str:
    """One self-contained page."""
    drawn = [
        draw(name, spec)
        for name, training, validation in _CURVES
        if (spec := _curve(name, history, training, validation))
    ]
    return load_template("training.html.j2").render(title=title, history=history, charts=drawn)


def _curve(
    name: str, history: History, training: str, validation: str | None
) -> dict[str, Any] | None:
    values = [
        {
            "epoch": number,
            "value": value,
            "set": label,
            "say": f"epoch {number}, {label}: {value:.4g}",
        }
        for number, epoch in enumerate(history.epochs, 1)
        for label, field in (("training", training), ("validation", validation))
        if field and (value := getattr(epoch, field)) is not None
    ]
    if not values:
        return None
    return {
        "data": {"values": values},
        "height": 200,
        "encoding": {
            "x": {"field": "epoch", "type": "quantitative", "axis": {"tickMinStep": 1}},
            "y": {"field": "value", "type": "quantitative", "title": name.lower()},
            "color": {
                "field": "set",
                "type": "nominal",
                "title": None,
                "scale": {"domain": ["training", "validation"], "range": [OTHERS, OURS]},
            },
        },
        "layer": [
            {"mark": "line"},
            {
                "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
                "encoding": {"description": {"field": "say"}},
            },
        ],
    }
