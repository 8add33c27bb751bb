"""Weights whose zero point is another than that of int8's kernels, 0: less their zero point they
are numbers of nine bits. What int8 does not hold of them is a second weight, beside the first, and
what it is multiplied with is given twice. All sums are the same.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...network import Quantization, Tensor
from ...rules.view import rank
from ..substitutes.making import Making

_SAME = 0


def spread_channels(making: Making) -> None:
    """CONV_2D: the channels again that have such weights."""
    _spread(making, making.node.inputs[0])


def spread_inputs(making: Making) -> None:
    """FULLY_CONNECTED: in rows as long as the weights'."""
    view = making.view
    source, rows = making.node.inputs[0], view.input(1).shape
    numbers = _numbers(making)
    if numbers is None or len(rows) != 2:
        return
    here = view.input(0)
    if _holds(numbers) or (here.shape and here.shape[-1] == rows[1]):
        _spread(making, source)
    elif here.elements % rows[1] == 0:
        shape = (here.elements // rows[1], rows[1])
        flat = making.tensor(replace(here, name=f"{here.name}/rows", shape=shape, data=None))
        making.then("RESHAPE", (source, making.integers("rows", shape)), flat)
        _spread(making, flat)


def spread_rows(making: Making) -> None:
    """DEPTHWISE_CONV_2D: every row of the picture twice, as each channel has sums of its own."""
    numbers = _numbers(making)
    if numbers is None:
        return
    if _holds(numbers):
        _replace_weights(making, making.node.inputs[0], numbers)
        return
    view, options = making.view, dict(making.node.options)
    rank(view.outputs[0], 4)
    rank(view.input(1), 4)
    if view.option("dilation_h_factor") > 1:
        return
    source = _pad(making, numbers.shape[1:3])
    here = making.tensors[source]
    batch, height, width, channels = rank(here, 4)
    flat, pairs, doubled = (
        making.tensor(Tensor(f"{here.name}/{name}", shape, "INT8", here.quantization))
        for name, shape in (
            ("rows", (batch * height, 1, width * channels)),
            ("pairs", (batch * height, 2, width * channels)),
            ("twice", (batch, 2 * height, width, channels)),
        )
    )
    making.then("RESHAPE", (source, making.integers("rows", making.tensors[flat].shape)), flat)
    making.joined((flat, flat), 1, pairs)
    shape = making.integers("twice", making.tensors[doubled].shape)
    making.then("RESHAPE", (pairs, shape), doubled)
    first = numbers.clip(-128, 127)
    both = np.stack([first, numbers - first], axis=2)
    both = both.reshape(1, -1, *numbers.shape[2:])
    options |= {"padding": 1, "stride_h": 2 * view.option("stride_h")}
    making.node = replace(making.node, options=options)
    _replace_weights(making, doubled, both)


def _numbers(making: Making) -> NDArray[np.int16] | None:
    """The weights less their zero point; None where that is 0 or not known."""
    weights = making.view.input(1)
    quantization = weights.quantization
    if weights.type != "INT8" or weights.data is None or quantization is None:
        return None
    if len(quantization.scales) != 1 or quantization.zero_points == (0,) or not weights.elements:
        return None
    stored = np.frombuffer(weights.data, np.int8).astype(np.int16).reshape(weights.shape)
    return stored - np.int16(quantization.zero_points[0])


def _holds(numbers: NDArray[np.int16]) -> bool:
    """Whether int8 holds them."""
    return bool(numbers.min() >= -128 and numbers.max() <= 127)


def _spread(making: Making, source: int) -> None:
    numbers = _numbers(making)
    if numbers is None:
        return
    here = making.tensors[source]
    first = numbers.clip(-128, 127)
    rest = numbers - first
    again = np.flatnonzero(rest.any(axis=tuple(range(rest.ndim - 1))))
    if not again.size:
        _replace_weights(making, source, numbers)
        return
    if here.shape[-1] != numbers.shape[-1]:
        making.nodes.clear()  # in groups
        return
    axis = len(here.shape) - 1
    picked = source
    if again.size < here.shape[-1]:
        shape = (*here.shape[:-1], again.size)
        picked = making.tensor(replace(here, name=f"{here.name}/again", shape=shape, data=None))
        indices = making.integers("again", again.astype(np.int32))
        making.taken(source, indices, picked, axis)
    shape = (*here.shape[:-1], here.shape[-1] + again.size)
    wide = making.tensor(replace(here, name=f"{here.name}/wide", shape=shape, data=None))
    making.joined((source, picked), axis, wide)
    _replace_weights(making, wide, np.concatenate([first, rest[..., again]], axis=-1))


def _replace_weights(making: Making, source: int, numbers: NDArray[np.int16]) -> None:
    """The operation over `source`, its weights `numbers`."""
    weights = making.view.input(1)
    assert weights.quantization is not None
    data = numbers.astype(np.int8)
    quantization = Quantization(weights.quantization.scales, (0,), weights.quantization.axis)
    index = making.tensor(
        replace(weights, shape=data.shape, quantization=quantization, data=data.tobytes())
    )
    inputs = (source, index, *making.node.inputs[2:])
    making.nodes.append(replace(making.node, inputs=inputs))


def _pad(making: Making, kernel: tuple[int, ...]) -> int:
    """The input, with the margins that SAME gives it."""
    view, source = making.view, making.node.inputs[0]
    here, there = view.input(0), view.outputs[0]
    rank(here, 4)
    if view.option("padding") != _SAME:
        return source
    strides = view.positive("stride_h", "stride_w")
    margins = [[0, 0], [0, 0], [0, 0], [0, 0]]
    for axis, (taps, stride) in enumerate(zip(kernel, strides, strict=True), start=1):
        reach = (there.shape[axis] - 1) * stride + taps
        missing = max(reach - here.shape[axis], 0)
        margins[axis] = [missing // 2, missing - missing // 2]
    if not np.any(margins):
        return source
    shape = tuple(size + sum(pair) for size, pair in zip(here.shape, margins, strict=True))
    padded = making.tensor(replace(here, name=f"{here.name}/padded", shape=shape, data=None))
    paddings = making.integers("paddings", np.array(margins, np.int32))
    return making.then("PAD", (source, paddings), padded, "PadOptions")
