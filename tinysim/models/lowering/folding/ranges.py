"""Between which numbers each channel of each tensor can be, whatever the model's inputs are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...network import Graph, Node
from .layers import Layer
from .rescaling import Integers, multiplied, multipliers_of, range_of, rescaled
from .ties import Tie

_ADDITION_BITS = 20
"""By which TFLite's ADD shifts int8 before it scales."""


@dataclass(frozen=True)
class Span:
    """The least and the largest number of each channel, places at borders included."""

    low: Integers
    high: Integers

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Which channels are one number."""
        same: NDArray[np.bool_] = self.low == self.high
        return same

    def within(self, least: int, most: int) -> "Span":
        """The same after clamping."""
        return Span(np.clip(self.low, least, most), np.clip(self.high, least, most))


def anything(channels: int) -> Span:
    """What is known of a tensor of which nothing is known."""
    return Span(np.full(channels, -128), np.full(channels, 127))


def sums_of(layer: Layer, source: Span) -> tuple[Integers, Integers]:
    """The least and the largest sum of each output, over all windows."""
    low, high = source.low - layer.zero_point, source.high - layer.zero_point
    up, down = np.maximum(layer.weights, 0), np.minimum(layer.weights, 0)
    if layer.depthwise:
        shape = (-1, 1, 1)
        low, high = low[layer.sources].reshape(shape), high[layer.sources].reshape(shape)
        up, down = up[..., 0], down[..., 0]
        least, most = up * low + down * high, up * high + down * low
    else:
        least, most = up @ low + down @ high, up @ high + down @ low
    lows = [least[:, taps].sum(axis=1) for taps in layer.windows]
    highs = [most[:, taps].sum(axis=1) for taps in layer.windows]
    return np.min(lows, axis=0) + layer.bias, np.max(highs, axis=0) + layer.bias


def results_of(layer: Layer, source: Span) -> Span:
    """What a layer makes of its input."""
    low, high = sums_of(layer, source)
    known = anything(layer.outputs).within(layer.range.least, layer.range.most)
    ends = [rescaled(np.stack([low, high]), by, layer.range) for by in layer.multipliers]
    certain = np.all([fits.all(axis=0) for _, fits in ends], axis=0)
    least = np.min([found[0] for found, _ in ends], axis=0)
    most = np.max([found[1] for found, _ in ends], axis=0)
    return Span(np.where(certain, least, known.low), np.where(certain, most, known.high))


def passed_on(graph: Graph, node: Node, ties: list[Tie], spans: dict[int, Span]) -> Span:
    """What an operation without weights makes of its inputs, channel by channel."""
    output = graph.tensors[node.outputs[0]]
    unknown = anything(output.shape[-1])
    moved = _moved(ties, spans, output.shape[-1])
    source = graph.tensors[node.inputs[0]]
    here = source.quantization
    same = here == output.quantization
    activation = int(node.options.get("fused_activation_function", 0))  # type: ignore[arg-type]
    # TFLM's RELU6 clamps by its input's levels and scales nothing.
    into = range_of(source, 3) if node.op == "RELU6" else range_of(output, activation)
    into = range_of(output, 1) if node.op == "RELU" else into
    if into is None or here is None or output.quantization is None:
        return unknown
    if node.op == "MEAN":
        return unknown  # its arithmetic is another in each of TFLM's years
    if node.op == "ADD":
        return _added(graph, node, spans) or unknown.within(into.least, into.most)
    if node.op == "RELU6":
        return moved.within(into.least, into.most)
    if node.op in ("RELU", "QUANTIZE"):
        factor = multipliers_of([here.scales[0] / output.quantization.scales[0]])
        ends = np.stack([moved.low, moved.high]) - here.zero_points[0]
        found, fits = rescaled(ends, factor, into)
        return Span(found[0], found[1]) if fits.all() else unknown
    if not same or any(
        graph.tensors[tie.source].quantization != output.quantization for tie in ties
    ):
        return unknown
    if node.op == "PAD":
        zero = output.quantization.zero_points[0]
        return Span(np.minimum(moved.low, zero), np.maximum(moved.high, zero))
    return moved.within(into.least, into.most)


def _moved(ties: list[Tie], spans: dict[int, Span], channels: int) -> Span:
    low, high = np.full(channels, 127), np.full(channels, -128)
    for tie in ties:
        np.minimum.at(low, tie.theirs, spans[tie.source].low[tie.ours])
        np.maximum.at(high, tie.theirs, spans[tie.source].high[tie.ours])
    return Span(low, high)


def _added(graph: Graph, node: Node, spans: dict[int, Span]) -> Span | None:
    inputs = [graph.tensors[index].quantization for index in node.inputs]
    output = graph.tensors[node.outputs[0]]
    assert output.quantization is not None
    into = range_of(output, int(node.options.get("fused_activation_function", 0)))  # type: ignore[arg-type]
    assert into is not None
    scales = [part.scales[0] for part in inputs if part]
    if len(scales) != 2:
        return None
    twice = 2.0 * max(scales)
    total: Integers = np.zeros((2, output.shape[-1]), np.int64)
    for index, part, scale in zip(node.inputs, inputs, scales, strict=True):
        assert part is not None
        ends = np.stack([spans[index].low, spans[index].high]) - part.zero_points[0]
        scaled, fits = multiplied(ends << _ADDITION_BITS, multipliers_of([scale / twice]))
        if not fits.all():
            return None
        total += scaled
    last = twice / ((1 << _ADDITION_BITS) * output.quantization.scales[0])
    found, fits = rescaled(total, multipliers_of([last]), into)
    return Span(found[0], found[1]) if fits.all() else None
