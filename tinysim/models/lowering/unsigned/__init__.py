"""Numbers of uint8, as converters before 2020 quantized models, become int8: TFLM has no other
kernels any more. A number and its zero point both are less by 128, so what they stand for stays.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...network import Graph, Node, Quantization, Tensor
from ...rules.view import UnfitError
from ..substitutes.making import Making
from . import joins, pools, weights

_SHIFT = 128
_CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")

WRITE: dict[str, Callable[[Making], None]] = {
    "AVERAGE_POOL_2D": pools.average,
    "CONCATENATION": joins.rescale,
    "CONV_2D": weights.spread_channels,
    "DEPTHWISE_CONV_2D": weights.spread_rows,
    "FULLY_CONNECTED": weights.spread_inputs,
}
"""What is not the same with int8 in the place of uint8."""


def shift(graph: Graph) -> Graph:
    """The same graph; its inputs and outputs stay uint8, with a QUANTIZE beside each."""
    chosen = _chosen(graph)
    if not chosen:
        return graph
    tensors = list(graph.tensors)
    first, last, renamed = [], [], {}
    for index in chosen:
        if index not in (*graph.inputs, *graph.outputs):
            tensors[index] = _signed(tensors[index])
            continue
        renamed[index] = len(tensors)
        tensors.append(replace(_signed(tensors[index]), name=f"{tensors[index].name}/int8"))
        if index in graph.inputs:
            first.append(Node("QUANTIZE", (index,), (renamed[index],), {}, "QuantizeOptions"))
        else:
            last.append(Node("QUANTIZE", (renamed[index],), (index,), {}, "QuantizeOptions"))
    nodes = [_renamed(node, renamed) for node in graph.nodes]
    return _write(replace(graph, tensors=tuple(tensors), nodes=(*first, *nodes, *last)))


def _chosen(graph: Graph) -> list[int]:
    """The tensors to change: not the ends of a model that is uint8 at its ends alone. None where
    an operation has both kinds, which TFLite does not define.
    """
    counted: set[int] = set()
    for node in graph.nodes:
        if node.op not in _CONVERSIONS:
            named = {*node.present, *node.outputs}
            kinds = {graph.tensors[index].type for index in named}
            if "UINT8" in kinds and not kinds.isdisjoint(("INT8", "INT16")):
                return []
            counted |= named
    ends = {*graph.inputs, *graph.outputs} - counted
    return [
        index
        for index, tensor in enumerate(graph.tensors)
        if tensor.type == "UINT8" and tensor.quantization and index not in ends
    ]


def _signed(tensor: Tensor) -> Tensor:
    quantization = tensor.quantization
    assert quantization is not None
    zeros = tuple(zero - _SHIFT for zero in quantization.zero_points)
    stored = None
    if tensor.data is not None:
        stored = (np.frombuffer(tensor.data, np.uint8) ^ _SHIFT).tobytes()
    shifted = Quantization(quantization.scales, zeros, quantization.axis)
    return replace(tensor, type="INT8", quantization=shifted, data=stored)


def _renamed(node: Node, names: dict[int, int]) -> Node:
    return replace(
        node,
        inputs=tuple(names.get(index, index) for index in node.inputs),
        outputs=tuple(names.get(index, index) for index in node.outputs),
    )


def _write(graph: Graph) -> Graph:
    nodes: list[Node] = []
    for node in graph.nodes:
        making = Making(graph, node)
        if write := WRITE.get(node.op):
            try:
                write(making)
            except UnfitError:
                making = Making(graph, node)  # whoever judges the operation says what is wrong
        if making.nodes:
            graph = replace(graph, tensors=tuple(making.tensors))
        nodes += making.nodes or (node,)
    return replace(graph, nodes=tuple(nodes))
