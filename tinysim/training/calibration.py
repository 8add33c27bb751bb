"""Inputs that show a quantizer what a model sees."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError
from ..storage import read_bytes
from .recipe import Recipe
from .sets import load_array

_MOST_FILE = 16 << 20
"""Bytes of one of the official runner's inputs; the largest has 100 KB."""


def load_calibration(
    paths: Sequence[Path], shape: tuple[int, ...], recipe: Recipe | None
) -> NDArray[np.float32]:
    """The inputs in all these files, and in the `.npy` and `.bin` files of folders, behind each
    other.

    A `.npy` file has the model's inputs as floats or, with a recipe, examples as its training set
    stores them. A `.bin` file is one of the official runner's, which also needs the recipe.

    Raises:
        AssetError: there is none, or one that cannot be an input of this shape.
        StorageError: a file cannot be read.

    """
    files = [file for path in paths for file in _files(path)]
    parts = [_read(file, shape, recipe) for file in files]
    if not sum(map(len, parts)):
        raise AssetError(f"{', '.join(map(str, paths))}: there is no calibration input in it")
    return np.concatenate(parts)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise AssetError(f"{path}: does not exist")
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix in (".npy", ".bin"))
    if path.suffix not in (".npy", ".bin"):
        raise AssetError(f"{path}: a calibration file is .npy or .bin")
    return [path]


def _read(path: Path, shape: tuple[int, ...], recipe: Recipe | None) -> NDArray[np.float32]:
    if path.suffix == ".bin":
        if recipe is None or recipe.decode is None:
            raise AssetError(
                f"{path}: to read the official runner's files, name a benchmark (--as)"
            )
        try:
            return recipe.decode(read_bytes(path, _MOST_FILE)).reshape(-1, *shape)
        except ValueError:
            raise AssetError(f"{path}: not an input of {recipe.name}") from None
    array = load_array(path)
    if array.shape[1:] == shape and array.dtype in (np.float32, np.float64):
        return array.astype(np.float32)
    if recipe and array.shape[1:] == recipe.stored_shape and array.dtype == recipe.stored:
        return as_inputs(recipe, array)
    raise AssetError(
        f"{path}: {array.dtype} of shape {list(array.shape)}; floats of "
        f"[any, {', '.join(map(str, shape))}] were expected"
        + (f", or what {recipe.name}'s training set has" if recipe else "")
    )


def as_inputs(recipe: Recipe, examples: NDArray[Any]) -> NDArray[np.float32]:
    """Stored examples as the recipe's model takes them."""
    return np.asarray(recipe.inputs(examples.astype(np.float32)), np.float32)
