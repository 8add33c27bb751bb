"""`tinysim compare-models`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..storage import write_text
from .console import ALL, show, width
from .models import ModelRequest, model_paths, say_differing
from .options import (
    EngineName,
    InputPath,
    JsonTo,
    LabelsPath,
    ProfileTier,
    Sets,
    Tflm,
    Variant,
    Wide,
    variant_of,
)
from .show import more, write_json


def compare_models(
    models: Annotated[list[str], typer.Argument(help="model files (.tflite)")],
    inputs: InputPath = None,
    labels: LabelsPath = None,
    variant: Variant = "dsp",
    tflm: Tflm = None,
    engine: EngineName = "builtin",
    tier: ProfileTier = None,
    sets: Sets = None,
    html: Annotated[Path | None, typer.Option(help="write a page with Pareto plots here")] = None,
    wide: Wide = False,
    json_to: JsonTo = None,
) -> None:
    """Run models and put latency, memory and, with labels, accuracy side by side."""
    from ..reports import text
    from ..reports.pareto import make_side_by_side, render_side_by_side

    variant = variant_of(variant, tflm)
    paths = model_paths(models)
    if not paths:
        raise TinySimError("model files (.tflite) were expected")
    results = [
        ModelRequest(path, inputs, variant, engine, tier, tuple(sets or ()), labels=labels).run()
        for path in paths
    ]
    write_json(results, json_to)
    if html:
        write_text(html, render_side_by_side(results))
    if json_to != "-":
        table, left_out = make_side_by_side(results, ALL if wide else width())
        show(table, more(left_out) + text.notes(results), whole=wide)
    if say_differing(results):
        raise SystemExit(1)
