"""Constants of which a file stores only what is not 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from .network import TYPE_BYTES
from .tables import DamagedError, Table

_DENSE, _COMPRESSED = 0, 1
_VECTORS = {1: "int32", 2: "uint16", 3: "uint8"}
"""Types of a dimension's indices, by their places in the union."""
_MOST_BYTES = 1 << 24

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class _Level:
    """A dimension in the order in which values are stored. `segments` are where the indices of
    each value of the dimensions before begin; a dense one has every index.
    """

    size: int
    segments: Numbers | None
    indices: Numbers


def expand(parameters: Table, shape: tuple[int, ...], kind: str, data: bytes) -> bytes:
    """All of a constant's values, by the parameters of its tensor.

    Raises:
        DamagedError: they do not fit each other, or the values.

    """
    width = TYPE_BYTES.get(kind, 0)
    if not width or min(shape, default=1) < 1 or prod(shape) * width > _MOST_BYTES:
        raise DamagedError(f"a sparse tensor is {list(shape)} of {kind}")
    order, blocks = parameters.integers(0), parameters.integers(1)
    levels = [_level(table) for table in parameters.tables(2)]
    if sorted(order) != list(range(len(shape) + len(blocks))) or len(levels) != len(order):
        raise DamagedError("a sparse tensor has other dimensions than its shape")
    places = _places(levels, prod(shape))
    axes = [(places[order.index(axis)], levels[order.index(axis)].size) for axis in sorted(order)]
    at = _joined(shape, blocks, axes)
    stored = np.frombuffer(data[: len(data) // width * width], np.uint8).reshape(-1, width)
    if len(at) != len(stored) or len(np.unique(at)) != len(at):
        raise DamagedError(f"a sparse tensor has {len(stored)} values for {len(at)} places")
    whole = np.zeros((prod(shape), width), np.uint8)
    whole[at] = stored
    return whole.tobytes()


def _level(table: Table) -> _Level:
    form, size = table.integer(0, "int8"), table.integer(1)
    if form == _DENSE:
        return _Level(size, None, np.arange(min(max(size, 0), _MOST_BYTES)))
    if form != _COMPRESSED:
        raise DamagedError(f"a sparse tensor has a dimension of format {form}")
    return _Level(size, _vector(table, 2), _vector(table, 4))


def _vector(table: Table, slot: int) -> Numbers:
    kind, vector = table.integer(slot, "uint8"), table.table(slot + 1)
    if kind not in _VECTORS or vector is None:
        raise DamagedError("a sparse tensor's indices are missing")
    return np.array(vector.integers(0, _VECTORS[kind]), np.int64)


def _places(levels: Sequence[_Level], most: int) -> list[Numbers]:
    """The index of each stored value along each level."""
    found: list[Numbers] = []
    count = 1
    for level in levels:
        if level.segments is None:
            starts, counts = np.zeros(count, np.int64), np.full(count, len(level.indices))
        else:
            ends = level.segments
            rising = len(ends) == count + 1 and ends[0] >= 0 and (np.diff(ends) >= 0).all()
            if not rising or ends[-1] > len(level.indices):
                raise DamagedError("a sparse tensor's segments do not follow each other")
            starts, counts = ends[:-1], np.diff(ends)
        count = int(counts.sum())
        if count > most:
            raise DamagedError("a sparse tensor has more values than places")
        before = np.repeat(np.cumsum(counts) - counts, counts)
        chosen = np.repeat(starts, counts) + np.arange(count) - before
        found = [np.repeat(part, counts) for part in found]
        found.append(level.indices[chosen])
    return found


def _joined(
    shape: tuple[int, ...], blocks: tuple[int, ...], axes: Sequence[tuple[Numbers, int]]
) -> Numbers:
    """Flat places, from those along each axis and then within each block, with their sizes."""
    outer = [places for places, _ in axes[: len(shape)]]
    for axis, (within, size) in zip(blocks, axes[len(shape) :], strict=True):
        if not 0 <= axis < len(shape):
            raise DamagedError(f"a sparse tensor has blocks along axis {axis}")
        outer[axis] = outer[axis] * size + within
    for size, places in zip(shape, outer, strict=True):
        if places.size and not (places.min() >= 0 and places.max() < size):
            raise DamagedError("a sparse tensor has values beside its shape")
    flat = np.zeros_like(outer[0]) if outer else np.zeros(1, np.int64)
    for size, places in zip(shape, outer, strict=True):
        flat = flat * size + places
    return flat
