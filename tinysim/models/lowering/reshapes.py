"""Reshapes that do nothing, and all but the last of several behind each other, are left out."""

from dataclasses import replace

from ..network import Graph, Node

_RESHAPES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")


def drop(graph: Graph) -> Graph:
    """The same graph without them. A reshape stays whose result is an output and which has an
    input or a constant before it: an output must be made by somebody.
    """
    made_by = {output: node for node in graph.nodes for output in node.outputs}
    same: dict[int, int] = {}
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
            if ours.shape == its.shape and ours.type == its.type:
                same[output] = source
                continue
            node = replace(node, inputs=(source, *node.inputs[1:]))
        nodes.append(node)
    return graph if tuple(nodes) == graph.nodes else replace(graph, nodes=tuple(nodes))
