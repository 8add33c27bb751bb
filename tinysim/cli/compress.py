"""`tinysim compress`."""

from pathlib import Path
from typing import Annotated

import typer

from ..storage import check_target, write_whole
from ..training import find_recipe
from .console import say


def compress(
    model: Annotated[Path, typer.Argument(help="a .keras file of a trained model")],
    benchmark: Annotated[str, typer.Option("--as", help="the benchmark that it is for")],
    data: Annotated[Path, typer.Option(help="folder that `tinysim data prepare --out` wrote")],
    output: Annotated[Path, typer.Option("--output", "-o", help="the .keras file to write")],
    sparsity: Annotated[float, typer.Option(help="share of weights to be zero")] = 0.5,
    epochs: Annotated[int, typer.Option(min=1, help="of training on, while pruning")] = 8,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
) -> None:
    """Prune a model's smallest weights and train the others on; for the open division."""
    from ..training.compress import prune

    recipe = find_recipe(benchmark)
    check_target(output)
    pruned = prune(
        model,
        recipe,
        data,
        sparsity,
        epochs,
        seed,
        lambda number, share, loss: say(
            f"epoch {number} of {epochs}: {share:.1%} of weights pruned, validation loss {loss:.4f}"
        ),
    )
    with write_whole(output) as path:
        pruned.save(path)
    say(str(output))
