"""Inputs that are indices: words of a text, for example."""

from .network import Graph

_TYPES = ("INT32", "INT64")


def size_looked_up(graph: Graph, index: int) -> int | None:
    """How many there are in the smallest table that GATHER takes from by what comes of an input;
    None where that is no index.
    """
    if graph.tensors[index].type not in _TYPES:
        return None
    indices, sizes = {index}, []
    for node in graph.nodes:
        if node.op == "GATHER" and len(node.inputs) > 1 and node.inputs[1] in indices:
            table, axis = graph.tensors[node.inputs[0]], node.options.get("axis", 0)
            if isinstance(axis, int) and -len(table.shape) <= axis < len(table.shape):
                sizes.append(table.shape[axis])
        if indices & set(node.inputs):
            indices |= {out for out in node.outputs if graph.tensors[out].type in _TYPES}
    return min(sizes, default=None)
