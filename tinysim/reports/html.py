"""One self-contained page: no script, no network."""

from collections.abc import Sequence

from ..results import Result
from . import charts, streaming, text
from .costs import hit_rates
from .template import load_template

_CHARTS = (
    ("What was heard", streaming.heard),
    ("Against published submissions of this board", charts.against_published),
    ("Operations", charts.layers),
    ("Arena: intermediate results by operation, the peak dashed", charts.plan),
    ("Memory", charts.memory),
    ("Confusion matrix", charts.confusion),
    ("Receiver operating characteristic", charts.roc),
)


def render_html(results: Sequence[Result]) -> str:
    """The page, from results alone."""
    drawn = [
        (
            result,
            [(title, charts.as_image(spec)) for title, draw in _CHARTS if (spec := draw(result))],
        )
        for result in results
    ]
    return load_template("page.html.j2").render(
        title="MLPerf Tiny, NUCLEO-L4R5ZI"
        if any(result.plan is None for result in results)
        else "Models on the NUCLEO-L4R5ZI",
        results=results,
        sections=drawn,
        notes=text.notes(results),
        text=text,
        hit_rates=hit_rates,
    )
