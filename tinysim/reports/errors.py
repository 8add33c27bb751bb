"""How far estimates are off: a dot each in its row, over bands of the mean and the worst error."""

from collections.abc import Sequence
from typing import Any

from .figure import KINDS, OTHERS, kind_scale

SAYS = "Each dot is an estimate. Dark band: the mean error. Light band: the worst."


def plot_errors(
    errors: Sequence[tuple[str, str, float]], axis: str = "error against silicon, %"
) -> dict[str, Any] | None:
    """Errors in percent over a line at zero, a row each, on a scale that the worst one fills.

    Args:
        errors: of each estimate its name, the group that it is coloured by, and its error as a
            fraction of what silicon measured.
        axis: what the errors are.

    """
    if not errors:
        return None
    values = [
        {
            "name": name,
            "group": group,
            "zero": 0,
            "error": 100 * error,
            "say": f"{name}: {error:+.2%}",
        }
        for name, group, error in errors
    ]
    sizes = [100 * abs(error) for _, _, error in errors]
    mean, worst = sum(sizes) / len(sizes), max(sizes)
    edge = 1.08 * worst or 1.0
    scale = {"domain": [-edge, edge], "nice": False}
    x = {"type": "quantitative", "title": axis, "scale": scale}
    groups = list(dict.fromkeys(group for _, group, _ in errors))
    color: dict[str, Any] = {
        "field": "group",
        "type": "nominal",
        "title": None,
        "scale": kind_scale(groups),
    }
    if len(groups) == 1:
        color = {"value": KINDS[0]}
    bands = [
        {"low": -size, "high": size, "say": f"{name}: {size:.2f} %"}
        for name, size in (("worst error", worst), ("mean error", mean))
    ]
    return {
        "height": {"step": 24},
        "layer": [
            {
                "data": {"values": bands},
                "mark": {"type": "rect", "color": OTHERS, "opacity": 0.18},
                "encoding": {
                    "x": {"field": "low", **x},
                    "x2": {"field": "high"},
                    "description": {"field": "say"},
                },
            },
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {"type": "rule", "color": OTHERS, "aria": False},
                "encoding": {"x": {"field": "zero", **x}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "rule", "strokeWidth": 2, "aria": False},
                "encoding": {
                    "x": {"field": "zero", **x},
                    "x2": {"field": "error"},
                    "y": {"field": "name", "type": "nominal", "title": None, "sort": None},
                    "color": color,
                },
            },
            {
                "data": {"values": values},
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {
                    "x": {"field": "error", **x},
                    "y": {"field": "name", "type": "nominal", "title": None, "sort": None},
                    "color": color,
                    "description": {"field": "say"},
                },
            },
        ],
    }
