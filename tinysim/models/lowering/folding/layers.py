"""A layer with weights, in the one form that all three kinds of them have here."""

from dataclasses import dataclass

import numpy as np

from ...network import ABSENT, Graph, Node, Tensor
from .rescaling import Integers, Multipliers, Range, multipliers_of, range_of
from .windows import Taps, windows

WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
_MOST = 1 << 22
"""Weights: flash holds half as many."""


@dataclass(frozen=True)
class Layer:
    """`weights` are by output, height, width and input channel.

    A dense layer over a picture has a tap for each of its places. A depthwise layer has one input
    channel for each output: that at the same place of `sources`.
    """

    depthwise: bool
    sources: Integers
    weights: Integers
    bias: Integers
    windows: list[Taps]
    zero_point: int
    multipliers: tuple[Multipliers, ...]
    """By some kernels the one, by others the other."""
    range: Range

    @property
    def outputs(self) -> int:
        """How many channels it makes."""
        return len(self.weights)


def layer_of(graph: Graph, node: Node) -> Layer | None:
    """None where a node has not int8 weights that are known, or is not for certain what it seems;
    it must keep the rules.
    """
    if node.op not in WEIGHTED or len(node.inputs) < 2:
        return None
    source, kernel = (graph.tensors[index] for index in node.inputs[:2])
    output = graph.tensors[node.outputs[0]]
    if source.type != "INT8" or kernel.type != "INT8" or output.type != "INT8":
        return None
    if kernel.data is None or kernel.elements > _MOST:
        return None
    weights = np.frombuffer(kernel.data, np.int8).reshape(kernel.shape).astype(np.int64)
    shaped = _shaped(node, source, weights)
    bias = _bias(graph, node, len(shaped[0]) if shaped else 0)
    into = range_of(output, int(node.options.get("fused_activation_function", 0)))  # type: ignore[arg-type]
    if shaped is None or bias is None or into is None:
        return None
    weights, patterns = shaped
    if not patterns:
        return None
    depthwise = node.op == "DEPTHWISE_CONV_2D"
    channels = source.shape[-1]
    sources = np.arange(len(weights)) // (len(weights) // channels) if depthwise else np.arange(0)
    assert source.quantization is not None
    return Layer(
        depthwise,
        sources,
        weights,
        bias,
        patterns,
        source.quantization.zero_points[0],
        _multipliers(node, source, kernel, output, len(weights)),
        into,
    )


def _shaped(node: Node, source: Tensor, weights: Integers) -> tuple[Integers, list[Taps]] | None:
    """The weights in a layer's form, and its windows."""
    channels = source.shape[-1] if source.shape else 0
    if node.op == "FULLY_CONNECTED":
        outputs, depth = weights.shape
        if node.options.get("weights_format") or not channels or depth % channels:
            return None
        places = depth // channels
        return weights.reshape(outputs, 1, places, channels), [np.ones((1, places), np.bool_)]
    if node.op == "DEPTHWISE_CONV_2D":
        weights = weights.transpose(3, 1, 2, 0)
    elif weights.shape[3] != channels:
        return None  # in groups
    _, height, width, _ = source.shape
    option = {name: int(value) for name, value in node.options.items() if isinstance(value, int)}
    patterns = windows(
        (height, width),
        (weights.shape[1], weights.shape[2]),
        (option["stride_h"], option["stride_w"]),
        (option["dilation_h_factor"], option["dilation_w_factor"]),
        option.get("padding", 0),
    )
    return weights, patterns


def _bias(graph: Graph, node: Node, count: int) -> Integers | None:
    if len(node.inputs) < 3 or node.inputs[2] == ABSENT:
        return np.zeros(count, np.int64)
    bias = graph.tensors[node.inputs[2]]
    if bias.type != "INT32" or bias.data is None:
        return None
    return np.frombuffer(bias.data, np.int32).astype(np.int64)


def _multipliers(
    node: Node, source: Tensor, kernel: Tensor, output: Tensor, count: int
) -> tuple[Multipliers, ...]:
    assert source.quantization and kernel.quantization and output.quantization
    scale, result = source.quantization.scales[0], output.quantization.scales[0]
    scales = kernel.quantization.scales
    factors = [scale * part / result for part in scales]
    if len(scales) > 1:
        return (multipliers_of(factors),)
    exact = multipliers_of(factors * count)
    if node.op != "FULLY_CONNECTED":
        return (exact,)
    # TFLM of July 2020 rounds this product to single precision, today's and our kernel do not.
    product = float(np.float32(scale) * np.float32(scales[0]))
    return exact, multipliers_of([product / result] * count)
