"""What the board's memory planner does not understand: optional inputs that are left out at the
end of a list, and results or inputs that nobody reads, which become outputs nobody reports.
"""

from dataclasses import replace

from ..network import ABSENT, Graph, Node


def close(graph: Graph) -> Graph:
    """The same graph in the planner's terms; own outputs and state keep their places."""
    graph = replace(graph, nodes=tuple(_without_absent(node) for node in graph.nodes))
    read = set(graph.outputs)
    made = list(graph.inputs)
    for node in graph.nodes:
        read.update(node.present)
        made += node.outputs
    idle = [index for index in dict.fromkeys(made) if index not in read]
    return replace(graph, outputs=(*graph.outputs, *idle)) if idle else graph


def _without_absent(node: Node) -> Node:
    inputs = list(node.inputs)
    while inputs and inputs[-1] == ABSENT:
        inputs.pop()
    return replace(node, inputs=tuple(inputs))
