"""The greatest of several, and where they are."""

import numpy as np

from ...network import Tensor
from .casts import narrow
from .making import Making

_MOST = 32
"""How many of the greatest are looked for one after the other."""


def search(making: Making) -> None:
    """TOPK_V2 along the last axis: the greatest and its place, and again without it."""
    view, node = making.view, making.node
    here, count = view.input(0), view.known(1)
    if here.type not in ("FLOAT32", "INT8") or len(count) != 1 or len(node.outputs) != 2:
        return
    most, size = count[0], here.shape[-1] if here.shape else 0
    if not 1 <= most <= min(size, _MOST) or making.tensors[node.outputs[1]].type != "INT32":
        return
    values = node.inputs[0]
    if here.type == "INT8":  # what is taken out must be below the least of them
        values = making.like(values, "wide", type="FLOAT32", quantization=None)
        making.then("CAST", node.inputs[:1], values, "CastOptions", in_data_type=9, out_data_type=0)
    rows = here.elements // size
    left = making.reshaped(values, (rows, size))
    every = making.integers("places", np.arange(size, dtype=np.int32)[None])
    nothing = making.reals("nothing", -np.inf)
    axis = making.integers("axis", [1])
    found, places = [], []
    for turn in range(most):
        value = making.like(left, "value", shape=(rows, 1))
        making.then("REDUCE_MAX", (left, axis), value, "ReducerOptions", keep_dims=True)
        place = making.tensor(Tensor("place", (rows,), "INT32"))
        making.then("ARG_MAX", (left, axis), place, "ArgMaxOptions", output_type=2)
        found.append(value)
        places.append(making.reshaped(place, (rows, 1)))
        if turn < most - 1:
            taken = making.like(left, "taken", type="BOOL")
            making.then("EQUAL", (places[-1], every), taken, "EqualOptions")
            rest = making.like(left, "rest")
            making.then("SELECT_V2", (taken, nothing, left), rest, "SelectV2Options")
            left = rest
    _join(making, found, node.outputs[0], rows, most)
    _join(making, places, node.outputs[1], rows, most)


def _join(making: Making, parts: list[int], output: int, rows: int, most: int) -> None:
    """What each turn found, as the output has it."""
    joined = making.like(parts[0], "joined", shape=(rows, most))
    making.joined(parts, 1, joined)
    there = making.tensors[output]
    if there.type == "INT8":
        narrow = making.like(output, "narrow", shape=(rows, most))
        making.then("CAST", (joined,), narrow, "CastOptions", in_data_type=0, out_data_type=9)
        joined = narrow
    making.reshape_to(joined, output)


def mark(making: Making) -> None:
    """ONE_HOT of one axis more: whether a place is the index."""
    view, node = making.view, making.node
    indices, depth = view.input(0), view.known(1)
    on, off, there = view.input(2), view.input(3), view.outputs[0]
    if len(depth) != 1 or there.type not in ("FLOAT32", "INT8", "INT16", "INT32"):
        return
    source = node.inputs[0] if indices.type == "INT32" else narrow(making, node.inputs[0])
    rank = len(there.shape)
    axis = view.option("axis") % rank if rank else 0
    if source is None or len(indices.shape) != rank - 1 or on.elements != 1 or off.elements != 1:
        return
    apart = making.reshaped(source, (*indices.shape[:axis], 1, *indices.shape[axis:]))
    along = [1] * rank
    along[axis] = depth[0]
    every = making.integers("places", np.arange(depth[0], dtype=np.int32).reshape(along))
    is_there = making.like(node.outputs[0], "is there", type="BOOL", quantization=None)
    making.then("EQUAL", (apart, every), is_there, "EqualOptions")
    if there.type != "INT32":
        chosen = (is_there, *node.inputs[2:4])
        making.then("SELECT_V2", chosen, node.outputs[0], "SelectV2Options")
        return
    one = making.like(node.outputs[0], "one")
    making.then("CAST", (is_there,), one, "CastOptions", in_data_type=6, out_data_type=2)
    between, times = making.like(node.inputs[2], "between"), making.like(node.outputs[0], "times")
    making.counted("SUB", node.inputs[2], node.inputs[3], between)
    making.counted("MUL", one, between, times)
    making.counted("ADD", times, node.inputs[3], node.outputs[0])
