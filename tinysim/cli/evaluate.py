"""`tinysim evaluate`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import pass_on, say, show

if TYPE_CHECKING:
    from rich.table import Table

    from ..training.evaluate import Evaluation


def evaluate(
    model: Annotated[Path, typer.Argument(help="a TFLite, .keras or .h5 file, or a SavedModel")],
    data: Annotated[Path, typer.Option(help="folder with datasets/ or training/ in it")],
    benchmark: Annotated[
        str | None,
        typer.Option("--as", help="the benchmark", show_default="the one with such an input"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print all of it as JSON")] = False,
) -> None:
    """Evaluate a model on the host: accuracy, AUC, ROC and confusion."""
    from ..training.evaluate import evaluate

    found = evaluate(model, data, benchmark)
    if as_json:
        pass_on(json.dumps({"model": str(model), **asdict(found)}, indent=2) + "\n")
        return
    if found.confusion:
        show(_table(model, found))
    for note in _notes(found):
        say(note)


def _notes(found: "Evaluation") -> list[str]:
    notes = [f"{found.recipe}: {found.files} files"]
    if found.top1 is not None:
        notes.append(f"right: {found.top1:.1%}")
    if found.auc is not None:
        notes.append(f"AUC: {found.auc:.4f}")
    return notes


def _table(model: Path, found: "Evaluation") -> "Table":
    from rich.table import Table

    table = Table(title=f"{model.name}: files by class and answer", title_justify="left")
    table.add_column("")
    for name in found.classes:
        table.add_column(name, justify="right")
    for name, row in zip(found.classes, found.confusion, strict=True):
        table.add_row(name, *map(str, row))
    return table
