"""A board's current over time, as a picture or a page."""

from pathlib import Path
from typing import Any

from ..errors import TinySimError
from ..results.current import CurrentTrace
from .figure import CLEAR, OTHERS, OURS, PALE, as_svg, draw, require_drawing
from .template import load_template

_MOST_POINTS = 400
FORMATS = (".svg", ".html", ".csv")


def require_format(path: Path) -> None:
    """Refuse, before anything is measured, a file that could not be written after it.

    Raises:
        TinySimError: its name says no format, or what draws it is not installed.

    """
    if path.suffix.lower() not in FORMATS:
        raise TinySimError(f"{path}: a name that ends in {', '.join(FORMATS)} was expected")
    if path.suffix.lower() != ".csv":
        require_drawing()


def render_current(path: Path, trace: CurrentTrace, supply: str) -> str:
    """What belongs into a file of this name."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return trace.to_csv()
    spec = plot_current(trace)
    if suffix == ".svg":
        return as_svg({**spec, "title": f"Current at {supply}: an estimate"})
    says = "Line: the mean. Area: from the least to the most. Dashed: the timestamp pin rises."
    return load_template("current.html.j2").render(
        supply=supply,
        figure=draw(f"Current at {supply}, an estimate", spec, says, is_broad=True),
        seconds=trace.end_s,
        samples=len(trace),
    )


def plot_current(trace: CurrentTrace) -> dict[str, Any]:
    """The mean as a line over what is between the least and the most; timestamps as rules."""
    points = [
        {
            "s": start,
            "low": low,
            "mean": mean,
            "high": high,
            "say": f"{start:.4f} s: {mean:.2f} mA ({low:.2f} to {high:.2f})",
        }
        for start, low, mean, high in trace.bins(_MOST_POINTS)
    ]
    scale = {"domain": [0, trace.end_s], "nice": False, "padding": 0}
    x = {"type": "quantitative", "title": "time of the board, s", "scale": scale}
    y = {"type": "quantitative", "title": "current, mA (estimate)", "scale": {"zero": True}}
    events = [{"s": time_s} for time_s in trace.events_s]
    return {
        "height": 260,
        "layer": [
            {
                "data": {"values": points},
                "mark": {"type": "area", "color": PALE},
                "encoding": {
                    "x": {"field": "s", **x},
                    "y": {"field": "low", **y},
                    "y2": {"field": "high"},
                },
            },
            {
                "data": {"values": points},
                "mark": {"type": "line", "color": OURS, "strokeWidth": 1},
                "encoding": {"x": {"field": "s", **x}, "y": {"field": "mean", **y}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "bar", "color": CLEAR, "width": 3},
                "encoding": {
                    "x": {"field": "s", **x},
                    "y": {"field": "high", **y},
                    "description": {"field": "say"},
                },
            },
            {
                "data": {"values": events},
                "mark": {"type": "rule", "color": OTHERS, "strokeDash": [3, 3]},
                "encoding": {"x": {"field": "s", **x}},
            },
        ],
    }
