"""Quotients."""

from dataclasses import replace

import numpy as np

from ...network import Tensor
from .making import Making


def floor(making: Making) -> None:
    """FLOOR_DIV of float32: DIV and FLOOR."""
    if making.view.input(0).type == "FLOAT32":
        first, second = making.node.inputs
        quotient = making.like(making.node.outputs[0], "quotient")
        making.counted("DIV", first, second, quotient)
        making.then("FLOOR", (quotient,), making.node.outputs[0])


def guard(making: Making) -> None:
    """DIV of int8 by what has one sign: it is at least one step from 0, by which TFLite leaves
    undefined what comes.
    """
    view = making.view
    first, second = making.node.inputs
    by = view.input(1)
    if by.type != "INT8" or by.data is not None or by.quantization is None:
        return
    zero = by.quantization.zero_points[0]
    if zero not in (-128, 127):
        return
    nearest = np.int8(zero + 1 if zero < 0 else zero - 1).tobytes()
    least = making.tensor(Tensor("nearest", (), "INT8", by.quantization, nearest))
    kept = making.like(second, "kept")
    making.then(
        "MAXIMUM" if zero < 0 else "MINIMUM", (second, least), kept, "MaximumMinimumOptions"
    )
    making.nodes.append(replace(making.node, inputs=(first, kept)))
