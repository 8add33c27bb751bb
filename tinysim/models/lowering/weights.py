"""Weights that a file has in fewer bits than they are counted with, or without their zeros, become
constants of the type that their readers have kernels for.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..host import DTYPES
from ..network import Graph, Node, Tensor

_MOST = 1 << 20
"""Elements of a constant of float32 in twice the chip's flash."""


def widen(graph: Graph) -> Graph:
    """The same graph; DEQUANTIZE and DENSIFY of constants are constants, and so are biases of
    int32 that kernels of int16 have in int64.
    """
    tensors = [replace(tensor, is_sparse=False) for tensor in graph.tensors]
    nodes = []
    for node in graph.nodes:
        value = _value(node, tensors)
        if value is None or not set(node.outputs).isdisjoint(graph.outputs):
            nodes.append(_with_wide_bias(node, tensors))
        else:
            (output,) = node.outputs
            tensors[output] = replace(tensors[output], data=value, shape_signature=())
    if nodes == list(graph.nodes) and tensors == list(graph.tensors):
        return graph
    return replace(graph, tensors=tuple(tensors), nodes=tuple(nodes))


def _value(node: Node, tensors: list[Tensor]) -> bytes | None:
    """What a node gives, None where it is not known here."""
    if node.op not in ("DEQUANTIZE", "DENSIFY") or len(node.inputs) != 1 or len(node.outputs) != 1:
        return None
    source, output = tensors[node.inputs[0]], tensors[node.outputs[0]]
    if source.data is None or source.shape != output.shape:
        return None
    if node.op == "DENSIFY":
        return source.data if source.type == output.type else None
    if output.type != "FLOAT32" or output.elements > _MOST:
        return None
    if source.type == "FLOAT16":
        return np.frombuffer(source.data, np.float16).astype(np.float32).tobytes()
    return _dequantized(source)


def _dequantized(source: Tensor) -> bytes | None:
    """In float32: a number less its zero point, times its scale."""
    quantization = source.quantization
    if quantization is None or source.type not in ("INT8", "UINT8", "INT16"):
        return None
    stored: NDArray[np.integer[Any]] = np.frombuffer(source.data or b"", DTYPES[source.type])
    stored = stored.reshape(source.shape)
    zeros: NDArray[np.int32] = np.array(quantization.zero_points, np.int32)
    scales: NDArray[np.float32] = np.array(quantization.scales, np.float32)
    if len(scales) > 1:
        along = [1] * len(source.shape)
        along[quantization.axis] = len(scales)
        zeros, scales = zeros.reshape(along), scales.reshape(along)
    return ((stored.astype(np.int32) - zeros).astype(np.float32) * scales).tobytes()


def _with_wide_bias(node: Node, tensors: list[Tensor]) -> Node:
    """DEPTHWISE_CONV_2D of int16."""
    if node.op != "DEPTHWISE_CONV_2D" or len(node.present) != 3:
        return node
    source, bias = tensors[node.inputs[0]], tensors[node.inputs[2]]
    if source.type != "INT16" or bias.type != "INT32" or bias.data is None:
        return node
    wide = np.frombuffer(bias.data, np.int32).astype(np.int64)
    tensors.append(replace(bias, type="INT64", data=wide.tobytes()))
    return replace(node, inputs=(*node.inputs[:2], len(tensors) - 1))
