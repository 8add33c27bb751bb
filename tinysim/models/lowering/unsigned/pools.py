"""AVERAGE_POOL_2D rounds halves up in uint8, and away from zero in int8."""

from dataclasses import replace

import numpy as np

from ...network import Quantization, Tensor
from ...rules.view import rank
from ..substitutes.making import Making

_WEIGHT = 64
"""Of each number in a sum: TFLite rounds a product twice, the first time below one whole then."""


def average(making: Making) -> None:
    """Where there are halves: a DEPTHWISE_CONV_2D over numbers that count from 0 on, whose sums
    have no sign.
    """
    view = making.view
    here, there = view.input(0), view.outputs[0]
    rank(here, 4)
    rank(there, 4)
    rows, columns = view.positive("filter_height", "filter_width")
    strides = view.positive("stride_h", "stride_w")
    count = rows * columns
    reach = [
        (size - 1) * stride + taps
        for size, stride, taps in zip(there.shape[1:3], strides, (rows, columns), strict=True)
    ]
    whole = all(last <= size for last, size in zip(reach, here.shape[1:3], strict=True))
    activation = view.option("fused_activation_function")
    if here.type != "INT8" or here.quantization is None or count % 2 or not whole or activation:
        return
    channels = here.shape[3]
    counted = Quantization(here.quantization.scales[:1], (-128,))
    source, output = (
        making.tensor(replace(tensor, name=f"{tensor.name}/counted", quantization=counted))
        for tensor in (here, there)
    )
    scale = np.float32(1 / (_WEIGHT * count))
    if float(scale) * _WEIGHT * count < 1:
        scale = np.nextafter(scale, np.float32(1))
    ones = np.full((1, rows, columns, channels), _WEIGHT, np.int8)
    weights = making.tensor(
        Tensor("average", ones.shape, "INT8", Quantization((float(scale),), (0,)), ones.tobytes())
    )
    bias = Quantization((float(np.float32(counted.scales[0] * float(scale))),), (0,))
    none = making.tensor(
        Tensor("no bias", (channels,), "INT32", bias, np.zeros(channels, np.int32).tobytes())
    )
    shapes = [making.integers("shape", tensor.shape) for tensor in (here, there)]
    making.then("RESHAPE", (making.node.inputs[0], shapes[0]), source)
    making.then(
        "DEPTHWISE_CONV_2D",
        (source, weights, none),
        output,
        "DepthwiseConv2DOptions",
        padding=1,
        stride_h=strides[0],
        stride_w=strides[1],
        depth_multiplier=1,
        fused_activation_function=0,
        dilation_h_factor=1,
        dilation_w_factor=1,
    )
    making.then("RESHAPE", (output, shapes[1]), making.node.outputs[0])
