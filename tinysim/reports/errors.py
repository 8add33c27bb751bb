"""How far estimates are off, as a plot: a dot each, with the mean over all as a band."""

from collections.abc import Sequence
from typing import Any

from .charts import OTHERS, OURS


def plot_errors(errors: Sequence[tuple[str, str, float]]) -> dict[str, Any] | None:
    """Errors in percent over a line at zero, a row each.

    Args:
        errors: of each estimate its name, the group that it is coloured by, and its error as a
            fraction of what silicon measured.

    """
    if not errors:
        return None
    values = [{"name": name, "group": group, "error": 100 * error} for name, group, error in errors]
    mean = 100 * sum(abs(error) for _, _, error in errors) / len(errors)
    x = {"type": "quantitative", "title": "error against silicon, %"}
    y = {"field": "name", "type": "nominal", "title": None, "sort": None}
    return {
        "width": 460,
        "layer": [
            {
                "data": {"values": [{"low": -mean, "high": mean}]},
                "mark": {"type": "rect", "color": "#e2e8f0"},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {"type": "rule", "color": OTHERS},
                "encoding": {"x": {"field": "zero", **x}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "point", "filled": True, "size": 70, "color": OURS},
                "encoding": {
                    "x": {"field": "error", **x},
                    "y": y,
                    "color": {
                        "field": "group",
                        "type": "nominal",
                        "title": None,
                        "legend": None if len({group for _, group, _ in errors}) == 1 else {},
                    },
                },
            },
        ],
    }
