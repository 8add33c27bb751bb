"""Reductions that TFLM has not."""

from dataclasses import replace
from math import prod

from ...network import Tensor
from .making import Making

_MOST = 64
"""Factors of a product that is written out."""


def pool(making: Making) -> None:
    """REDUCE_MAX of int16 by MAX_POOL_2D, where the axes lie side by side: they are the rows of a
    picture of one column.
    """
    view, (output,) = making.view, making.node.outputs
    here, there = view.input(0), view.outputs[0]
    if here.type != "INT16" or here.quantization != there.quantization:
        return
    axes = sorted({axis % len(here.shape) for axis in view.known(1)})
    if not axes or axes != list(range(axes[0], axes[-1] + 1)):
        return
    rows = prod(here.shape[axes[0] : axes[-1] + 1])
    before, behind = prod(here.shape[: axes[0]]), prod(here.shape[axes[-1] + 1 :])
    picture, most = (
        making.tensor(
            Tensor(f"{here.name}/{name}", (before, height, 1, behind), here.type, here.quantization)
        )
        for name, height in (("rows", rows), ("most", 1))
    )
    shape = making.integers("rows", making.tensors[picture].shape)
    making.then("RESHAPE", (making.node.inputs[0], shape), picture)
    making.then(
        "MAX_POOL_2D",
        (picture,),
        most,
        "Pool2DOptions",
        padding=1,
        stride_w=1,
        stride_h=rows,
        filter_width=1,
        filter_height=rows,
        fused_activation_function=0,
    )
    making.reshape_to(most, output)


def decide(making: Making) -> None:
    """REDUCE_ANY and REDUCE_ALL by the greatest and the least of 0 and 1."""
    source, axes = making.node.inputs
    output = making.node.outputs[0]
    if making.view.input(0).type != "BOOL":
        return
    number = making.like(source, "number", type="FLOAT32")
    making.then("CAST", (source,), number, "CastOptions", in_data_type=6, out_data_type=0)
    most = making.like(output, "number", type="FLOAT32")
    op = "REDUCE_MAX" if making.node.op == "REDUCE_ANY" else "REDUCE_MIN"
    keep = bool(making.node.options.get("keep_dims"))
    making.then(op, (number, axes), most, "ReducerOptions", keep_dims=keep)
    making.then("GREATER", (most, making.reals("half", 0.5)), output, "GreaterOptions")


def multiply(making: Making) -> None:
    """REDUCE_PROD of float32 along one axis: its slices, one after the other."""
    view, output = making.view, making.node.outputs[0]
    here, axes = view.input(0), view.known(1)
    if here.type != "FLOAT32" or len(axes) != 1:
        return
    axis = view.axis(axes[0], len(here.shape))
    size = here.shape[axis]
    if not 1 <= size <= _MOST:
        return
    shape = (*here.shape[:axis], 1, *here.shape[axis + 1 :])
    parts = tuple(making.like(making.node.inputs[0], "slice", shape=shape) for _ in range(size))
    inputs = (making.integers("axis", axis), making.node.inputs[0])
    making.then("SPLIT", inputs, parts[0], "SplitOptions", num_splits=size)
    making.nodes[-1] = replace(making.nodes[-1], outputs=parts)
    now = parts[0]
    for part in parts[1:]:
        now = making.counted("MUL", now, part, making.like(part, "product"))
    making.reshape_to(now, output)
