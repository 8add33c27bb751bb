"""Estimates beside silicon: a table, and a page with a plot of the errors."""

from collections.abc import Sequence

from rich.table import Table

from ..results.validation import Validation
from .errors import SAYS, plot_errors
from .figure import draw
from .grid import Cell, Grid, make_grid
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


def _ms(microseconds: float | None, unit: str = " ms") -> str:
    return "-" if microseconds is None else f"{microseconds / 1000:.3f}{unit}"


def render_validation(validations: Sequence[Validation]) -> str:
    """One self-contained page: the tiers beside each other, then each for itself."""
    finest = max((validation.tier for validation in validations), default="")
    sections = []
    for validation in validations:
        errors = [
            (row.image, row.benchmark, row.error)
            for row in validation.rows
            if row.error is not None
        ]
        plot = plot_errors(errors)
        figure = (
            draw(f"Error by image, tier {validation.tier}", plot, SAYS, is_broad=True)
            if plot
            else None
        )
        is_coarse = validation.tier < finest
        sections.append((validation, _summary(validation), figure, _rows(validation, is_coarse)))
    return load_template("validation.html.j2").render(
        sections=sections, overview=_tiers(validations)
    )


def _tiers(validations: Sequence[Validation]) -> Grid:
    rows = [
        (
            validation.tier,
            str(len(validation.rows)),
            _percent(validation.mean_abs_error),
            _percent(validation.worst_abs_error),
            _percent(validation.bias, "+"),
        )
        for validation in validations
    ]
    return make_grid("Errors by tier", ("tier", "images", "mean", "worst", "bias"), rows)


def _percent(fraction: float | None, sign: str = "") -> str:
    return "-" if fraction is None else f"{fraction:{sign}.2%}"


def _rows(validation: Validation, is_coarse: bool) -> Grid:
    badge = validation.tier if is_coarse else ""
    rows = [
        (
            row.image,
            row.bank,
            str(row.baud or "-"),
            Cell(
                _ms(row.estimate_us, ""),
                "coarse" if is_coarse else "",
                "" if row.estimate_us is None else badge,
            ),
            _ms(row.silicon_us, ""),
            _percent(row.error, "+"),
            row.problem or "-",
        )
        for row in (*validation.rows, *validation.others)
    ]
    headings = ("image", "bank", "baud", "estimate\nms", "silicon\nms", "error", "problem")
    caption = f"Estimate and silicon, tier {validation.tier}"
    return make_grid(caption, headings, rows, left=("bank", "problem"))
