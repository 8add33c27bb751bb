"""`tinysim report`."""

from pathlib import Path
from typing import Annotated

import typer

from ..results import load_results
from ..storage import write_text
from .options import Wide
from .show import show_results


def report(
    results: Annotated[list[Path], typer.Argument(help="JSON files that `run --json` wrote")],
    html: Annotated[Path | None, typer.Option(help="write one self-contained page")] = None,
    markdown: Annotated[Path | None, typer.Option(help="write a table for a comment")] = None,
    junit: Annotated[Path | None, typer.Option(help="write JUnit XML")] = None,
    wide: Wide = False,
) -> None:
    """Render stored results; nothing is run. Without an option, print the table."""
    from ..reports.html import render_html
    from ..reports.junit import render_junit
    from ..reports.markdown import render_markdown

    loaded = [result for path in results for result in load_results(path)]
    for target, render in ((html, render_html), (markdown, render_markdown), (junit, render_junit)):
        if target:
            write_text(target, render(loaded))
    if not (html or markdown or junit):
        show_results(loaded, wide=wide)
