"""What the board's memory planner does not understand: optional inputs that are left out at the
end of a list, and results or inputs that nobody reads, which become outputs nobody reports.

So do indices that are looked up, whose memory is theirs then until an inference ends: the firmware
infers several times for one input, and what is no index any more stops it.
"""

from dataclasses import replace

from ..indices import size_looked_up
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
    idle += [index for index in graph.inputs if index in read and size_looked_up(graph, index)]
    more = [index for index in idle if index not in graph.outputs]
    return replace(graph, outputs=(*graph.outputs, *more)) if more else graph


def _without_absent(node: Node) -> Node:
    inputs = list(node.inputs)
    while inputs and inputs[-1] == ABSENT:
        inputs.pop()
    return replace(node, inputs=tuple(inputs))
