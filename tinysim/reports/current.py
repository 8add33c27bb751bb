"""A board's current over time, as a picture or a page."""

from pathlib import Path
from typing import Any

from ..errors import TinySimError
from ..results.current import CurrentTrace
from .charts import OTHERS, OURS, PALE, as_image, as_svg, require_drawing
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
    spec = plot_current(trace, supply)
    if suffix == ".svg":
        return as_svg(spec)
    return load_template("current.html.j2").render(
        supply=supply, image=as_image(spec), seconds=trace.end_s, samples=len(trace)
    )


def plot_current(trace: CurrentTrace, supply: str) -> dict[str, Any]:
    """The mean as a line over what is between the least and the most; timestamps as rules."""
    points = [
        {"s": start, "low": low, "mean": mean, "high": high}
        for start, low, mean, high in trace.bins(_MOST_POINTS)
    ]
    x = {"type": "quantitative", "title": "time of the board, s"}
    y = {"type": "quantitative", "title": "current, mA (estimate)", "scale": {"zero": True}}
    events = [{"s": time_s} for time_s in trace.events_s]
    return {
        "padding": {"left": 20, "right": 30, "top": 20, "bottom": 10},
        "width": 720,
        "height": 260,
        "title": f"Current at {supply}: an estimate",
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
                "data": {"values": events},
                "mark": {"type": "rule", "color": OTHERS, "strokeDash": [3, 3]},
                "encoding": {"x": {"field": "s", **x}},
            },
        ],
    }
