"""`tinysim quantize`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import AssetError
from ..storage import check_target, write_bytes
from ..training import find_recipe
from ..training.quantize import Scheme
from .console import say


def quantize(
    model: Annotated[Path, typer.Argument(help="a .keras or .h5 file, or a SavedModel's folder")],
    calibration: Annotated[
        list[Path], typer.Option(help=".npy or .bin files with inputs, or folders of them")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="the TFLite file")],
    scheme: Annotated[Scheme, typer.Option(help="types of activations and weights")] = Scheme.INT8,
    benchmark: Annotated[
        str | None,
        typer.Option("--as", help="a benchmark whose official inputs the model must take"),
    ] = None,
) -> None:
    """Quantize a float model to a TFLite model of integers, without training it."""
    from ..training.calibration import load_calibration
    from ..training.loading import load_trained
    from ..training.quantize import quantize

    recipe = find_recipe(benchmark) if benchmark else None
    check_target(output)
    trained = load_trained(model)
    shape = tuple(size or 0 for size in trained.input_shape[1:])
    if not all(shape):
        raise AssetError(f"{model}: an input of a fixed shape was expected")
    if recipe and shape != recipe.input_shape:
        raise AssetError(
            f"{model}: its input is {list(shape)}, that of {recipe.name} {list(recipe.input_shape)}"
        )
    inputs = load_calibration(calibration, shape, recipe)
    content = quantize(trained, inputs, scheme, recipe.input_range if recipe else None)
    write_bytes(output, content)
    say(f"{output}: {len(content)} bytes, {scheme}, from {len(inputs)} calibration inputs")
