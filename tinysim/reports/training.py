"""The page of a training: its curves."""

from typing import Any

from ..training.history import History
from .charts import OTHERS, OURS, as_image
from .template import load_template

_CURVES = (
    ("Loss", "loss", "validation_loss"),
    ("Share of right answers", "accuracy", "validation_accuracy"),
    ("Learning rate", "rate", None),
)


def render_training(title: str, history: History) -> str:
    """One self-contained page: no script, no network."""
    drawn = [
        (name, as_image(spec))
        for name, training, validation in _CURVES
        if (spec := _curve(name, history, training, validation))
    ]
    return load_template("training.html.j2").render(title=title, history=history, charts=drawn)


def _curve(
    name: str, history: History, training: str, validation: str | None
) -> dict[str, Any] | None:
    values = [
        {"epoch": number, "value": value, "set": label}
        for number, epoch in enumerate(history.epochs, 1)
        for label, field in (("training", training), ("validation", validation))
        if field and (value := getattr(epoch, field)) is not None
    ]
    if not values:
        return None
    return {
        "data": {"values": values},
        "width": 560,
        "height": 200,
        "mark": {"type": "line", "point": True},
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
    }
