"""REDUCE_MAX of int16, which TFLM has not, by MAX_POOL_2D."""

from math import prod

from ...network import Tensor
from .making import Making


def pool(making: Making) -> None:
    """Where the axes lie side by side: they are the rows of a picture of one column."""
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
    making.then("RESHAPE", (most, making.integers("shape", there.shape)), output)
