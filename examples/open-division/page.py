"""The comparison as one page, without scripts or network."""

from pathlib import Path
from typing import Any

import jinja2

from tinysim.reports.charts import as_image


def render_page(results: dict[str, dict[str, Any]]) -> str:
    """The page, from results by model and mode."""
    rows = {name: figures(modes) for name, modes in results.items()}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    charts = [(heading, as_image(bars(heading, rows))) for heading in next(iter(rows.values()))]
    return environment.get_template("page.html.j2").render(rows=rows, charts=charts)


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
        "data": {"values": [{"model": name, "value": row[heading]} for name, row in rows.items()]},
        "width": 420,
        "mark": "bar",
        "encoding": {
            "x": {"field": "value", "type": "quantitative", "title": heading},
            "y": {"field": "model", "type": "nominal", "title": None, "sort": None},
        },
    }
