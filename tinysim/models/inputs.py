"""Inputs for a model of one's own: arrays from files, or seeded ones."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError
from .arrays import read_arrays
from .host import DTYPES
from .indices import size_looked_up
from .network import Graph, Tensor


@dataclass(frozen=True)
class Input:
    """The bytes of all input tensors in a row, and where they come from."""

    name: str
    data: bytes


def seeded_inputs(graph: Graph, count: int = 1) -> list[Input]:
    """Inputs that are the same on every machine: every value of whole-number types, or every index
    of what is looked up by them, and floats in [-1, 1).
    """
    return [
        Input(
            f"seeded_{number:06d}",
            b"".join(
                _seeded(graph.tensors[index], f"{number}/{place}", size_looked_up(graph, index))
                for place, index in enumerate(graph.inputs)
            ),
        )
        for number in range(count)
    ]


def _seeded(tensor: Tensor, seed: str, below: int | None) -> bytes:
    generator = np.random.default_rng(list(hashlib.sha256(seed.encode()).digest()))
    kind = DTYPES[tensor.type]
    if np.issubdtype(kind, np.floating):
        return generator.uniform(-1, 1, tensor.elements).astype(kind).tobytes()
    if tensor.type == "BOOL":
        return generator.integers(0, 2, tensor.elements).astype(kind).tobytes()
    if below:
        return generator.integers(0, below, tensor.elements, dtype=kind).tobytes()
    limits = np.iinfo(kind)
    return generator.integers(
        limits.min, limits.max, tensor.elements, dtype=kind, endpoint=True
    ).tobytes()


def load_inputs(graph: Graph, path: Path) -> list[Input]:
    """A `.npy` file, or all in a folder by name. Each holds one input in the model's shape, or
    several behind each other along one more axis or its batch axis. A model with several inputs
    takes `.npz` files with an array for each of them, in their order. Floats for an input of whole
    numbers are quantized as the model says.

    Raises:
        AssetError: a file that cannot be read, or an array of another shape or type.

    """
    if not path.exists():
        raise AssetError(f"{path}: does not exist")
    files = [path]
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix in (".npy", ".npz"))
        if not files:
            raise AssetError(f"{path}: has no .npy or .npz file")
    return [found for file in files for found in _from_file(graph, file)]


def _from_file(graph: Graph, path: Path) -> list[Input]:
    found = split_inputs(graph, str(path), list(read_arrays(path).values()))
    return [replace(part, name=f"{path.name}{part.name}") for part in found]


def split_inputs(graph: Graph, where: str, arrays: Sequence[NDArray[Any]]) -> list[Input]:
    """The inputs in arrays, one for each input of the model; `where` they are from, for a reader.
    Their names are their places, where there are several.

    Raises:
        AssetError: an array of another shape or type.

    """
    tensors = [graph.tensors[index] for index in graph.inputs]
    if len(arrays) != len(tensors):
        raise AssetError(
            f"{where}: has {len(arrays)} arrays where the model has {len(tensors)} inputs"
        )
    parts = [_split(where, array, tensor) for array, tensor in zip(arrays, tensors, strict=True)]
    if len({len(part) for part in parts}) != 1:
        raise AssetError(f"{where}: its arrays hold different numbers of inputs")
    rows = list(zip(*parts, strict=True))
    if len(rows) == 1:
        return [Input("", b"".join(rows[0]))]
    return [Input(f"[{number}]", b"".join(row)) for number, row in enumerate(rows)]


def _split(where: str, array: NDArray[np.generic], tensor: Tensor) -> Sequence[bytes]:
    kind = np.dtype(DTYPES[tensor.type])
    if np.issubdtype(array.dtype, np.floating) and tensor.quantization:
        if np.isnan(array).any():
            raise AssetError(f"{where}: holds NaN, which {kind} has not")
        array = _quantized(array, tensor, kind)
    if array.dtype != kind:
        raise AssetError(f"{where}: {array.dtype} where the model's input is {kind}")
    size = tensor.elements
    row = tensor.shape[1:]
    alone = array.shape in (tensor.shape, row if tensor.shape[:1] == (1,) else tensor.shape)
    fits = alone or array.shape[1:] in (tensor.shape, row)
    if not fits or size == 0 or array.size % size or array.size == 0:
        raise AssetError(
            f"{where}: shape {list(array.shape)} where the model's input is {list(tensor.shape)}"
        )
    return [row.tobytes() for row in array.reshape(-1, size)]


def _quantized(
    array: NDArray[np.generic], tensor: Tensor, kind: np.dtype[np.generic]
) -> NDArray[np.generic]:
    assert tensor.quantization is not None
    scale, zero = tensor.quantization.scales[0], tensor.quantization.zero_points[0]
    steps = np.round(array.astype(np.float64) / scale) + zero
    limits = np.iinfo(kind)  # type: ignore[type-var]
    return np.clip(steps, limits.min, limits.max).astype(kind)


def load_labels(graph: Graph, path: Path, count: int) -> list[int]:
    """The class of each input, from a `.npy` file of whole numbers: the number, from 0 on, of an
    element of the model's first output.

    Raises:
        AssetError: it cannot be read, holds another number of them, or one that is no class.

    """
    arrays = read_arrays(path)
    if list(arrays) != [""] or not np.issubdtype(arrays[""].dtype, np.integer):
        raise AssetError(f"{path}: one array (.npy) of whole numbers was expected")
    labels = [int(label) for label in arrays[""].ravel()]
    if len(labels) != count:
        raise AssetError(f"{path}: {len(labels)} labels for {count} inputs")
    # A shape that is open in the file has no size before the model has run.
    classes = graph.tensors[graph.outputs[0]].elements or max(labels) + 1
    for place, label in enumerate(labels):
        if not 0 <= label < classes:
            raise AssetError(
                f"{path}: label {label} of input {place} is none of the model's {classes} classes, "
                f"which are 0 to {classes - 1}"
            )
    return labels
