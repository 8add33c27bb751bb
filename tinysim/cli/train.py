"""`tinysim train`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import Interrupted
from ..training import find_recipe, recipe_names
from ..training.history import Epoch
from . import signals
from .console import say


def train(
    benchmark: Annotated[str, typer.Argument(help=", ".join(recipe_names()))],
    data: Annotated[Path, typer.Option(help="folder that `tinysim data prepare --out` wrote")],
    out: Annotated[Path, typer.Option(help="folder for the model, its history and logs")],
    epochs: Annotated[
        int | None, typer.Option(min=1, help="how many", show_default="the reference's")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="equal seeds, equal weights")] = 0,
    float_epochs: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="epochs before training with quantization",
            show_default="the reference's: 50 for sww, else all",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="continue the training in --out")
    ] = False,
) -> None:
    """Train a benchmark's reference model, by the reference's schedule.

    A signal ends it after the current epoch, a second one at once; --resume continues from
    the last whole epoch, to the same weights.
    """
    from ..reports.training import render_training
    from ..storage import write_text
    from ..training.trainer import LAST, Plan, train

    recipe = find_recipe(benchmark)
    total = epochs or recipe.epochs
    with signals.gently() as stop:
        history = train(
            Plan(recipe, data, out, total, seed, resume, float_epochs),
            lambda number, epoch: say(_line(number, total, epoch)),
            lambda: bool(stop),
        )
        page = out / "training.html"
        write_text(page, render_training(recipe.title, history))
        say(f"{out / LAST}; curves: {page}")
        if stop and len(history.epochs) < total:
            interruption = Interrupted(stop[0])
            interruption.add_note(f"{len(history.epochs)} of {total} epochs: --resume continues")
            raise interruption


def _line(number: int, total: int, epoch: Epoch) -> str:
    """One epoch for a reader."""

    def both(loss: float, accuracy: float | None) -> str:
        return f"{loss:.4f}" + ("" if accuracy is None else f", {accuracy:.1%} right")

    return (
        f"epoch {number} of {total}: loss {both(epoch.loss, epoch.accuracy)}; validation "
        f"{both(epoch.validation_loss, epoch.validation_accuracy)}; {epoch.seconds:.1f} s"
    )
