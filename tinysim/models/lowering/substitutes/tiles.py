"""TILE and BROADCAST_TO by CONCATENATION."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...host import DTYPES
from ...rules.spatial import broadcast
from ..constants import LARGEST
from .making import Making


def join(making: Making) -> None:
    """TILE: a CONCATENATION for each axis that is repeated."""
    times = making.view.known(1)
    if len(times) == len(making.view.input(0).shape) and min(times, default=0) >= 1:
        _repeat(making, making.node.inputs[0], times)


def spread(making: Making) -> None:
    """BROADCAST_TO: along the axes of one element; a constant is one again."""
    here, there = making.view.input(0), making.view.outputs[0]
    shape = (1,) * (len(there.shape) - len(here.shape)) + here.shape
    if broadcast(shape, there.shape) != there.shape or min(there.shape, default=0) < 1:
        return
    output = making.node.outputs[0]
    known = (
        here.data is not None and here.type in DTYPES and output not in making.view.graph.outputs
    )
    if known and there.elements <= LARGEST:
        values: NDArray[np.generic] = np.frombuffer(here.data or b"", DTYPES[here.type]).reshape(
            shape
        )
        making.know(np.broadcast_to(values, there.shape).tobytes())
        return
    source = making.node.inputs[0]
    if shape != here.shape:
        source = making.reshaped(source, shape)
    sizes = zip(there.shape, shape, strict=True)
    _repeat(making, source, tuple(whole // size for whole, size in sizes))


def _repeat(making: Making, source: int, times: tuple[int, ...]) -> None:
    (output,) = making.node.outputs
    repeated = [axis for axis, factor in enumerate(times) if factor != 1]
    for axis in repeated or [0]:
        whole = making.tensors[source]
        shape = list(whole.shape)
        shape[axis] *= times[axis]
        last = axis == repeated[-1] if repeated else True
        target = output if last else making.tensor(replace(whole, shape=tuple(shape), data=None))
        source = making.then(
            "CONCATENATION",
            (source,) * times[axis],
            target,
            "ConcatenationOptions",
            axis=axis,
            fused_activation_function=0,
        )
