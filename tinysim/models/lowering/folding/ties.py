"""Channels that stand and fall together: what an operation takes channel by channel."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...network import Graph, Node
from .layers import Layer
from .rescaling import Integers

_BY_CHANNEL = ("RELU", "RELU6", "QUANTIZE", "AVERAGE_POOL_2D", "MAX_POOL_2D", "ADD")
RESHAPES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")


@dataclass(frozen=True)
class Tie:
    """Channel `ours[i]` of the tensor `source` is there if channel `theirs[i]` of `output` is."""

    source: int
    output: int
    ours: Integers
    theirs: Integers


def ties_of(graph: Graph, node: Node, layer: Layer | None) -> list[Tie] | None:
    """The ties that an operation makes; None where it takes its inputs as a whole. It must keep
    the rules.
    """
    if layer is not None:
        if not layer.depthwise:
            return []
        return [Tie(node.inputs[0], node.outputs[0], layer.sources, np.arange(layer.outputs))]
    first, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
    if first.type != "INT8" or output.type != "INT8" or not first.shape or not output.shape:
        return None
    if node.op in RESHAPES:
        return [_reshaped(node, first.shape, output.shape)] if _is_regular(graph, node) else None
    if node.op == "ADD" and len({graph.tensors[index].shape for index in node.inputs}) != 1:
        return None
    if node.op in _BY_CHANNEL or _keeps_channels(graph, node):
        return list(_same(graph, node))
    if node.op == "CONCATENATION":
        return list(_joined(graph, node))
    return None


def _activations(node: Node) -> tuple[int, ...]:
    return node.present if node.op in ("ADD", "CONCATENATION") else node.inputs[:1]


def _same(graph: Graph, node: Node) -> Iterator[Tie]:
    places = np.arange(graph.tensors[node.outputs[0]].shape[-1])
    for index in dict.fromkeys(_activations(node)):
        yield Tie(index, node.outputs[0], places, places)


def _joined(graph: Graph, node: Node) -> Iterator[Tie]:
    """Along the channels one behind the other; else each has them all."""
    output = graph.tensors[node.outputs[0]]
    axis = node.options.get("axis", 0)
    if not isinstance(axis, int) or axis % len(output.shape) != len(output.shape) - 1:
        yield from _same(graph, node)
        return
    begin = 0
    for index in node.present:
        places = np.arange(graph.tensors[index].shape[-1])
        yield Tie(index, node.outputs[0], places, begin + places)
        begin += len(places)


def _keeps_channels(graph: Graph, node: Node) -> bool:
    """Whether what pads or takes a mean leaves the last axis alone."""
    if node.op not in ("PAD", "MEAN") or graph.tensors[node.inputs[1]].type != "INT32":
        return False
    numbers = np.frombuffer(graph.tensors[node.inputs[1]].data or b"", np.int32)
    if node.op == "PAD":
        return len(numbers) >= 2 and not numbers[-2:].any()
    rank = len(graph.tensors[node.inputs[0]].shape)
    return bool(len(numbers)) and not (numbers % rank == rank - 1).any()


def _is_regular(graph: Graph, node: Node) -> bool:
    """Whether a reshape leaves channels beside each other, and says its shape by a constant."""
    one, other = (graph.tensors[i].shape[-1] for i in (node.inputs[0], node.outputs[0]))
    if not one or not other or max(one, other) % min(one, other):
        return False
    return node.op == "RESHAPE" and all(graph.tensors[i].data is not None for i in node.inputs[1:])


def _reshaped(node: Node, before: tuple[int, ...], after: tuple[int, ...]) -> Tie:
    places = np.arange(max(before[-1], after[-1]))
    return Tie(node.inputs[0], node.outputs[0], places % before[-1], places % after[-1])
