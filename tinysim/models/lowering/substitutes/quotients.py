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
    """DIV of int8 by what comes in: where that is 0, for which TFLite defines nothing, it is the
    number above it, or at the end of the numbers the one below.
    """
    view = making.view
    first, second = making.node.inputs
    by = view.input(1)
    if by.type != "INT8" or by.data is not None or by.quantization is None:
        return
    zero = by.quantization.zero_points[0]
    values = (zero, zero + 1 if zero < np.iinfo(np.int8).max else zero - 1)
    none, nearest = (
        making.tensor(Tensor("level", (), "INT8", by.quantization, np.int8(value).tobytes()))
        for value in values
    )
    is_none = making.like(second, "is 0", type="BOOL", quantization=None)
    making.then("EQUAL", (second, none), is_none, "EqualOptions")
    kept = making.like(second, "kept")
    making.then("SELECT_V2", (is_none, nearest, second), kept, "SelectV2Options")
    making.nodes.append(replace(making.node, inputs=(first, kept)))
