"""DEPTHWISE_CONV_2D over one channel is CONV_2D, which has the quicker kernels: the sums are the
same, of the same numbers in the same order.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..host import DTYPES
from ..network import Graph, Node, Quantization, Tensor


def rename(graph: Graph) -> Graph:
    """The same graph with CONV_2D in the place of it."""
    tensors = list(graph.tensors)
    nodes = [_rename(node, tensors) for node in graph.nodes]
    if tuple(nodes) == graph.nodes:
        return graph
    return replace(graph, tensors=tuple(tensors), nodes=tuple(nodes))


def _rename(node: Node, tensors: list[Tensor]) -> Node:
    if node.op != "DEPTHWISE_CONV_2D" or len(node.present) < 2:
        return node
    image, weights = (tensors[index] for index in node.inputs[:2])
    if len(image.shape) != 4 or image.shape[3] != 1 or weights.data is None:
        return node
    if len(weights.shape) != 4 or weights.shape[0] != 1 or weights.type not in DTYPES:
        return node
    if node.options.get("depth_multiplier") != weights.shape[3]:
        return node
    stored: NDArray[np.generic] = np.frombuffer(weights.data, DTYPES[weights.type])
    # One input channel, the last axis now; the outputs are the first one.
    turned = stored.reshape(weights.shape).transpose(3, 1, 2, 0)
    quantization = weights.quantization
    if quantization and len(quantization.scales) > 1:
        if quantization.axis != 3:
            return node
        quantization = Quantization(quantization.scales, quantization.zero_points, 0)
    tensors.append(
        replace(weights, shape=turned.shape, quantization=quantization, data=turned.tobytes())
    )
    inputs = (node.inputs[0], len(tensors) - 1, *node.inputs[2:])
    options = {name: value for name, value in node.options.items() if name != "depth_multiplier"}
    return replace(
        node,
        op="CONV_2D",
        inputs=inputs,
        options=options,
        options_table="Conv2DOptions",
        version=min(node.version, 3),
    )
