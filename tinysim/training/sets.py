"""Training sets: arrays in files, read where they lie.

For each of `train`, `validation` and `test`, `DATA/training/NAME` has the examples in `SPLIT-x.npy`
and their classes in `SPLIT-y.npy` (none for an autoencoder). Where there is background noise,
`noise.npy` has its samples behind each other; `calibration-x.npy` has inputs for quantization.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError
from ..models.arrays import map_array
from .recipe import Recipe

FOLDER = "training"


@dataclass(frozen=True)
class Split:
    """Examples as the recipe stores them, and the class of each."""

    examples: NDArray[Any]
    labels: NDArray[np.int64] | None


def open_split(data: Path, recipe: Recipe, split: str) -> Split:
    """One of `train`, `validation` and `test`.

    Raises:
        AssetError: a file is missing, or not what the recipe's are.

    """
    folder = data / FOLDER / recipe.folder
    examples = open_array(folder / f"{split}-x.npy", recipe)
    if recipe.is_autoencoder:
        return Split(examples, None)
    path = folder / f"{split}-y.npy"
    labels = load_array(path)
    if labels.shape != (len(examples),) or not np.issubdtype(labels.dtype, np.integer):
        raise AssetError(
            f"{path}: {len(examples)} whole numbers were expected, "
            f"and it has {labels.dtype} of shape {list(labels.shape)}"
        )
    classes = len(recipe.classes)
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        wrong = next(int(label) for label in labels if not 0 <= label < classes)
        raise AssetError(f"{path}: class {wrong} is none of the {classes} of {recipe.name}")
    return Split(examples, labels.astype(np.int64))


def open_noise(data: Path, recipe: Recipe) -> NDArray[np.int16] | None:
    """Background noise, where the set has some.

    Raises:
        AssetError: it is not an array of int16, or shorter than an example.

    """
    path = data / FOLDER / recipe.folder / "noise.npy"
    if not path.exists():
        return None
    noise = load_array(path)
    if noise.dtype != np.int16 or noise.ndim != 1 or len(noise) <= recipe.stored_shape[0]:
        raise AssetError(f"{path}: int16 samples, more than an example has, were expected")
    return noise


def open_array(path: Path, recipe: Recipe) -> NDArray[Any]:
    """Examples of a recipe.

    Raises:
        AssetError: it cannot be read, has none, or others.

    """
    array = load_array(path)
    if array.dtype != np.dtype(recipe.stored) or array.shape[1:] != recipe.stored_shape:
        raise AssetError(
            f"{path}: {array.dtype} of shape {list(array.shape)} where {recipe.name} has "
            f"{recipe.stored} of [any, {', '.join(map(str, recipe.stored_shape))}]"
        )
    if not len(array):
        raise AssetError(f"{path}: there is no example in it")
    return array


def load_array(path: Path) -> NDArray[Any]:
    """An array where it lies on the disk.

    Raises:
        AssetError: it is missing or no array file.

    """
    if not path.is_file():
        raise AssetError(f"{path}: does not exist")
    return map_array(path)
