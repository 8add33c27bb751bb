"""One self-contained page: no script, no network."""

from collections.abc import Sequence
from pathlib import Path

from ..results import Result
from . import charts, text
from .costs import hit_rates

_CHARTS = (
    ("Against published submissions of this board", charts.against_published),
    ("Operations", charts.layers),
    ("Memory", charts.memory),
    ("Confusion matrix", charts.confusion),
    ("Receiver operating characteristic", charts.roc),
)


def render_html(results: Sequence[Result]) -> str:
    """The page, from results alone."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["text"] = text
    environment.globals["hit_rates"] = hit_rates
    drawn = [
        (
            result,
            [(title, charts.as_image(spec)) for title, draw in _CHARTS if (spec := draw(result))],
        )
        for result in results
    ]
    return environment.get_template("page.html.j2").render(
        results=results, sections=drawn, notes=text.notes(results)
    )
