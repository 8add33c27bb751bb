"""Estimates beside silicon: a table, and a page with a scatter plot."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from ..results.validation import Check, Validation
from .charts import as_image
from .template import load_template


def make_validation(validations: Sequence[Validation]) -> tuple[Table, list[str]]:
    """A row an image and tier, and the worst and mean error of each tier."""
    table = Table(title="Estimate against silicon", title_justify="left")
    for heading in ("image", "tier", "bank", "baud", "estimate", "silicon", "error"):
        left = heading in ("image", "tier", "bank")
        table.add_column(heading, justify="left" if left else "right", no_wrap=heading != "image")
    notes = []
    for validation in validations:
        for row in (*validation.rows, *validation.others):
            table.add_row(
                row.image,
                row.tier,
                row.bank,
                str(row.baud or "-"),
                _ms(row.estimate_us),
                _ms(row.silicon_us),
                "-" if row.error is None else f"{row.error:+.2%}",
            )
            if row.problem:
                notes.append(f"{row.image}: {row.problem}")
        notes.append(_summary(validation))
    return table, notes


def _summary(validation: Validation) -> str:
    if validation.worst_abs_error is None or validation.mean_abs_error is None:
        return f"tier {validation.tier}: no image with a measured latency"
    return (
        f"tier {validation.tier}: worst {validation.worst_abs_error:.2%}, "
        f"mean {validation.mean_abs_error:.2%} over {len(validation.rows)} images, "
        f"{validation.rule} rule"
    )


def _ms(microseconds: float | None) -> str:
    return "-" if microseconds is None else f"{microseconds / 1000:.3f} ms"


def scatter(validation: Validation) -> dict[str, Any] | None:
    """Estimate over silicon, both logarithmic, with the diagonal."""
    points = [_point(row) for row in validation.rows]
    if not points:
        return None
    ends = [min(p["silicon"] for p in points) * 0.8, max(p["silicon"] for p in points) * 1.25]
    scale = {"type": "log", "domain": ends}
    x = {"field": "silicon", "type": "quantitative", "title": "silicon, ms", "scale": scale}
    y = {"field": "estimate", "type": "quantitative", "title": "estimate, ms", "scale": scale}
    return {
        "width": 420,
        "height": 420,
        "layer": [
            {
                "data": {"values": [{"silicon": end, "estimate": end} for end in ends]},
                "mark": {"type": "line", "color": "#94a3b8", "strokeDash": [4, 4]},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "size": 70},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": {"field": "benchmark", "type": "nominal", "title": None},
                },
            },
        ],
    }


def _point(row: Check) -> dict[str, Any]:
    assert row.silicon_us is not None and row.estimate_us is not None
    return {
        "silicon": row.silicon_us / 1000,
        "estimate": row.estimate_us / 1000,
        "benchmark": row.benchmark,
    }


def render_validation(validations: Sequence[Validation]) -> str:
    """One self-contained page."""
    sections = [
        (validation, _summary(validation), as_image(spec) if (spec := scatter(validation)) else "")
        for validation in validations
    ]
    return load_template("validation.html.j2").render(sections=sections, ms=_ms)
