"""ADD_N and CUMSUM."""

from math import prod

import numpy as np

from .making import Making

_MOST = 512
"""Along the axis: each result is a sum over all of it."""


def add(making: Making) -> None:
    """ADD_N: one after the other."""
    inputs, output = making.node.inputs, making.node.outputs[0]
    there = making.view.outputs[0]
    if there.type not in ("FLOAT32", "INT32") or there.quantization or len(inputs) < 2:
        return
    now = inputs[0]
    for number, index in enumerate(inputs[1:], start=2):
        made = output if number == len(inputs) else making.like(output, "sum")
        now = making.counted("ADD", now, index, made)


def accumulate(making: Making) -> None:
    """CUMSUM of float32: a product with a matrix of ones and zeros, whose zeros add nothing."""
    view, (output,) = making.view, making.node.outputs
    here, axes = view.input(0), view.known(1)
    if here.type != "FLOAT32" or len(axes) != 1 or not here.shape:
        return
    axis = view.axis(axes[0], len(here.shape))
    size = here.shape[axis]
    if not 1 <= size <= _MOST:
        return
    ones = np.tri(size, k=-1 if view.node.options.get("exclusive") else 0, dtype=np.float32)
    ones = ones.T if view.node.options.get("reverse") else ones
    shape = (prod(here.shape[:axis]), size, prod(here.shape[axis + 1 :]))
    rows = making.reshaped(making.node.inputs[0], shape)
    made = making.like(rows, "sums")
    matrix = making.reals("ones", ones[None])
    options = {"adj_x": False, "adj_y": False}
    making.then("BATCH_MATMUL", (matrix, rows), made, "BatchMatMulOptions", **options)
    making.reshape_to(made, output)
