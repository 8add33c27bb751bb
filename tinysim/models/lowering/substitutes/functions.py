"""Functions of one int8 by a table of its 256 values, as TFLite's own kernels make it."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...network import Tensor
from .making import Making

_VALUES = 256

Values = NDArray[np.float32]


def look_up(making: Making) -> None:
    """GATHER from the table, at the int8 counted from 0."""
    source, (output,) = making.node.inputs[0], making.node.outputs
    here, there = making.view.input(0), making.view.outputs[0]
    if (here.type, there.type) != ("INT8", "INT8"):
        return
    if here.quantization is None or there.quantization is None:
        return
    by_table(making, source, output, _table(making, here, there).tobytes())


def by_table(making: Making, source: int, output: int, values: bytes) -> None:
    """GATHER from 256 values, of the least int8 first."""
    here, there = making.tensors[source], making.tensors[output]
    table = making.tensor(
        Tensor(f"{there.name}/table", (_VALUES,), "INT8", there.quantization, values)
    )
    wide = making.tensor(Tensor(f"{here.name}/wide", here.shape, "INT32"))
    index = making.tensor(Tensor(f"{here.name}/index", here.shape, "INT32"))
    making.then("CAST", (source,), wide, "CastOptions", in_data_type=9, out_data_type=2)
    from_zero = making.integers("from zero", _VALUES // 2)
    making.then("ADD", (wide, from_zero), index, "AddOptions", fused_activation_function=0)
    making.taken(table, index, output)


def _table(making: Making, here: Tensor, there: Tensor) -> NDArray[np.int8]:
    """In float32 and rounded half away from zero, as `LUTPopulate` does it; what is behind a root's
    point TFLite's kernel leaves out.
    """
    assert here.quantization is not None and there.quantization is not None
    stored = np.arange(-_VALUES // 2, _VALUES // 2)
    scale = np.float32(here.quantization.scales[0])
    x = scale * (stored - here.quantization.zero_points[0]).astype(np.float32)
    with np.errstate(all="ignore"):
        y = _function(making)(x) * (np.float32(1) / np.float32(there.quantization.scales[0]))
    half = np.float32(0 if making.node.op == "SQRT" else 0.5)
    rounded = np.trunc(y + np.copysign(half, y)) + there.quantization.zero_points[0]
    return np.asarray(np.nan_to_num(rounded, nan=-128).clip(-128, 127), np.int8)


def _function(making: Making) -> Callable[[Values], Values]:
    if making.node.op == "EXP":
        return np.exp
    if making.node.op == "LOG":
        return np.log
    if making.node.op == "SQRT":
        return np.sqrt
    return _gelu_by_tanh if making.node.options.get("approximate") else _gelu


def _gelu(x: Values) -> Values:
    erfc = np.array([math.erfc(-value * math.sqrt(0.5)) for value in x.tolist()], np.float32)
    return np.asarray(np.float32(0.5) * x * erfc, np.float32)


def _gelu_by_tanh(x: Values) -> Values:
    inner = np.float32(math.sqrt(2 / math.pi)) * (x + np.float32(0.044715) * x * x * x)
    return np.asarray(np.float32(0.5) * x * (np.float32(1) + np.tanh(inner)), np.float32)
