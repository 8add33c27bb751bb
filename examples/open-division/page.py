"""The comparison as one page like tinysim's own."""

from pathlib import Path
from typing import Any

from tinysim.reports.figure import OURS, draw
from tinysim.reports.grid import make_grid
from tinysim.reports.template import load_template


def render_page(results: dict[str, dict[str, Any]]) -> str:
    """The page, from results by model and mode."""
    rows = {name: figures(modes) for name, modes in results.items()}
    headings = tuple(next(iter(rows.values())))
    cells = [(name, *(f"{value:.1f}" for value in row.values())) for name, row in rows.items()]
    return load_template("page.html.j2", Path(__file__).parent).render(
        table=make_grid("Both models", ("model", *headings), cells),
        charts=[draw(heading, bars(heading, rows)) for heading in headings],
    )


def figures(modes: dict[str, Any]) -> dict[str, float]:
    """What is compared, by heading."""
    performance = modes["performance"]
    return {
        "latency, ms": performance["latency_us"] / 1000,
        "energy, µJ (estimate)": modes["energy"]["energy"]["per_inference_uj"],
        "flash, KiB": performance["memory"]["flash"] / 1024,
        "RAM, KiB": performance["memory"]["ram"] / 1024,
        "right answers, %": 100 * modes["accuracy"]["accuracy"]["top1"],
    }


def bars(heading: str, rows: dict[str, dict[str, float]]) -> dict[str, Any]:
    """A bar a model, as Vega-Lite has it."""
    return {
        "data": {
            "values": [
                {"model": name, "value": row[heading], "say": f"{name}: {row[heading]:.1f}"}
                for name, row in rows.items()
            ]
        },
        "height": {"step": 30},
        "mark": {"type": "bar", "color": OURS},
        "encoding": {
            "x": {"field": "value", "type": "quantitative", "title": heading},
            "y": {"field": "model", "type": "nominal", "title": None, "sort": None},
            "description": {"field": "say"},
        },
    }
