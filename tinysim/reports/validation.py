"""Estimates beside silicon: a table, and a page with a plot of the errors."""

from collections.abc import Sequence

from rich.table import Table

from ..results.validation import Validation
from .charts import as_image
from .errors import plot_errors
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
        f"mean {validation.mean_abs_error:.2%}, bias {validation.bias or 0:+.2%} over "
        f"{len(validation.rows)} images, "
        f"{validation.rule} rule"
    )


def _ms(microseconds: float | None) -> str:
    return "-" if microseconds is None else f"{microseconds / 1000:.3f} ms"


def render_validation(validations: Sequence[Validation]) -> str:
    """One self-contained page."""
    sections = []
    for validation in validations:
        errors = [
            (row.image, row.benchmark, row.error)
            for row in validation.rows
            if row.error is not None
        ]
        plot = plot_errors(errors)
        sections.append((validation, _summary(validation), as_image(plot) if plot else ""))
    return load_template("validation.html.j2").render(sections=sections, ms=_ms)
