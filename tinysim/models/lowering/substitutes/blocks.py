"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND of int16, which TFLM has not, by moves that it has; and
what TFLM pads wrongly of int8.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...network import Tensor
from .making import Making

_MOST_AXES = 5
"""That TRANSPOSE moves."""


def split(making: Making) -> None:
    """SPACE_TO_BATCH_ND: of int8, PAD before it; of int16, PAD, RESHAPE and TRANSPOSE alone."""
    source, view = making.node.inputs[0], making.view
    here = view.input(0)
    if here.type not in ("INT8", "INT16"):
        return
    margins = np.array(view.known(2), np.int32).reshape(-1, 2)
    if len(here.shape) < len(margins) + (2 if here.type == "INT8" else 1):
        return
    padded = _pad(making, source, margins) if margins.any() else source
    if here.type == "INT16":
        _to_batch(making, padded)
    elif padded != source:
        # What TFLM pads int8 with itself is whatever lies in its memory.
        none = replace(view.input(2), name="no paddings", data=bytes(margins.nbytes))
        inputs = (padded, making.node.inputs[1], making.tensor(none))
        making.nodes.append(replace(making.node, inputs=inputs))


def join(making: Making) -> None:
    """BATCH_TO_SPACE_ND of int16: RESHAPE, TRANSPOSE, RESHAPE and SLICE."""
    view = making.view
    here, there = view.input(0), view.outputs[0]
    blocks, crops = view.known(1), np.array(view.known(2), np.int32).reshape(-1, 2)
    count = prod(blocks)
    if here.type != "INT16" or count < 1 or here.shape[0] % count:
        return
    batch, places = here.shape[0] // count, here.shape[1 : 1 + len(blocks)]
    rest = here.shape[1 + len(blocks) :]
    # Blocks of the batch's axis go behind the places that they lie between.
    order = [len(blocks)]
    for axis in range(len(blocks)):
        order += [len(blocks) + 1 + axis, axis]
    order += range(2 * len(blocks) + 1, 2 * len(blocks) + 1 + len(rest))
    apart = (*blocks, batch, *places, *rest)
    whole = (batch, *(place * block for place, block in zip(places, blocks, strict=True)), *rest)
    cropped = crops.any()
    last = making.tensor(_like(here, whole)) if cropped else making.node.outputs[0]
    if _moved(making, making.node.inputs[0], apart, order, last) and cropped:
        begin = [0, *crops[:, 0].tolist(), *(0 for _ in rest)]
        ends = (making.integers("begin", begin), making.integers("size", list(there.shape)))
        making.then("SLICE", (last, *ends), making.node.outputs[0], "SliceOptions")


def _pad(making: Making, source: int, margins: NDArray[np.int32]) -> int:
    here = making.tensors[source]
    around = [(0, 0), *margins.tolist()]
    around += [(0, 0)] * (len(here.shape) - len(around))
    shape = [
        size + before + after for size, (before, after) in zip(here.shape, around, strict=True)
    ]
    padded = making.tensor(replace(_like(here, shape), name=f"{here.name}/padded"))
    return making.then("PAD", (source, making.integers("paddings", around)), padded, "PadOptions")


def _to_batch(making: Making, source: int) -> None:
    blocks, shape = making.view.known(1), making.tensors[source].shape
    if min(blocks, default=0) < 1:
        return
    batch, places, rest = shape[0], shape[1 : 1 + len(blocks)], shape[1 + len(blocks) :]
    apart = [batch]
    for place, block in zip(places, blocks, strict=True):
        apart += [place // block, block]
    order = [2 + 2 * axis for axis in range(len(blocks))]
    order += [0, *(1 + 2 * axis for axis in range(len(blocks)))]
    order += range(len(apart), len(apart) + len(rest))
    _moved(making, source, (*apart, *rest), order, making.node.outputs[0])


def _moved(
    making: Making, source: int, apart: tuple[int, ...], order: list[int], output: int
) -> bool:
    """RESHAPE to `apart`, TRANSPOSE by `order`, RESHAPE to what the output is; where that takes no
    more axes than there may be.
    """
    apart, order = _without_ones(apart, order)
    here, there = making.tensors[source], making.tensors[output]
    if (
        len(apart) > _MOST_AXES
        or prod(apart) != prod(here.shape)
        or prod(apart) != prod(there.shape)
    ):
        making.nodes.clear()
        return False
    moved_shape = [apart[axis] for axis in order]
    split, moved = (making.tensor(_like(here, shape)) for shape in (apart, moved_shape))
    making.then("RESHAPE", (source, making.integers("apart", apart)), split)
    order_index = making.integers("order", order)
    making.then("TRANSPOSE", (split, order_index), moved, "TransposeOptions")
    making.reshape_to(moved, output)
    return True


def _without_ones(apart: tuple[int, ...], order: list[int]) -> tuple[tuple[int, ...], list[int]]:
    """The same move without axes of one element; at least one axis stays."""
    kept = [axis for axis, size in enumerate(apart) if size != 1] or [0]
    places = {axis: place for place, axis in enumerate(kept)}
    return tuple(apart[axis] for axis in kept), [places[axis] for axis in order if axis in places]


def _like(whole: Tensor, shape: Sequence[int]) -> Tensor:
    """A result of another shape."""
    return Tensor(f"{whole.name}/moved", tuple(shape), whole.type, whole.quantization)
