"""`tinysim compress`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..storage import check_target, write_whole
from ..training import find_recipe
from .console import say


def compress(
    model: Annotated[Path, typer.Argument(help="a .keras file of a trained model")],
    benchmark: Annotated[str, typer.Option("--as", help="the benchmark that it is for")],
    data: Annotated[Path, typer.Option(help="folder that `tinysim data prepare --out` wrote")],
    output: Annotated[Path, typer.Option("--output", "-o", help="the .keras file to write")],
    sparsity: Annotated[
        float | None, typer.Option(help="share of weights, the smallest, that become zero")
    ] = None,
    width: Annotated[
        float | None,
        typer.Option(help="share of channels, those with the largest weights, that stay"),
    ] = None,
    clusters: Annotated[
        int | None, typer.Option(help="different values that a kernel may have")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="of further training")] = 8,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="equal seeds, equal weights")] = 0,
) -> None:
    """Shrink a model in one of three ways and train it further; for the open division."""
    from ..training.compress import Compression, Method, Progress, compress

    amounts = {Method.SPARSITY: sparsity, Method.WIDTH: width, Method.CLUSTERS: clusters}
    given = [(method, amount) for method, amount in amounts.items() if amount is not None]
    if len(given) != 1:
        raise TinySimError("one of --sparsity, --width and --clusters was expected")
    recipe = find_recipe(benchmark)
    check_target(output)

    def told(epoch: Progress) -> None:
        say(f"epoch {epoch.number} of {epochs}: {epoch.done}, validation loss {epoch.loss:.4f}")

    smaller = compress(model, recipe, data, Compression(*given[0]), epochs, seed, told)
    with write_whole(output) as path:
        smaller.save(path)
    say(str(output))
