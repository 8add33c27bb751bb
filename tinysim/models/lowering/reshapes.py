"""Reshapes that do nothing, and all but the last of several behind each other, are left out."""

from dataclasses import replace

import numpy as np

from ..network import Graph, Node, Tensor

_RESHAPES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")


def drop(graph: Graph) -> Graph:
    """The same graph without them. A reshape stays whose result is an output and which has an
    input or a constant before it: an output must be made by somebody.
    """
    made_by = {output: node for node in graph.nodes for output in node.outputs}
    same: dict[int, int] = {}
    tensors = list(graph.tensors)
    nodes: list[Node] = []
    for node in graph.nodes:
        inputs = tuple(same.get(index, index) for index in node.inputs)
        node = node if inputs == node.inputs else replace(node, inputs=inputs)
        if node.op in _RESHAPES and node.outputs[0] not in graph.outputs:
            source, output = node.inputs[0], node.outputs[0]
            before = made_by.get(source)
            while before is not None and before.op in _RESHAPES:
                source = same.get(before.inputs[0], before.inputs[0])
                before = made_by.get(source)
            ours, its = graph.tensors[output], graph.tensors[source]
            if _is_same(ours, its):
                same[output] = source
                continue
            if source != node.inputs[0]:
                node = _reshape(tensors, source, output)
        nodes.append(node)
    if tuple(nodes) == graph.nodes:
        return graph
    return replace(graph, tensors=tuple(tensors), nodes=tuple(nodes))


def _is_same(one: Tensor, other: Tensor) -> bool:
    kinds = [(tensor.shape, tensor.type, tensor.quantization) for tensor in (one, other)]
    return kinds[0] == kinds[1]


def _reshape(tensors: list[Tensor], source: int, output: int) -> Node:
    """By the shape alone: the axes of SQUEEZE and EXPAND_DIMS are those of what came before."""
    shape = np.array(tensors[output].shape, np.int32)
    tensors.append(Tensor("shape", shape.shape, "INT32", data=shape.tobytes()))
    return Node("RESHAPE", (source, len(tensors) - 1), (output,))
