"""Inputs that are indices: words of a text, for example."""

from collections.abc import Iterator

from .network import Graph, Node

_TYPES = ("INT32", "INT64")


def size_looked_up(graph: Graph, index: int) -> int | None:
    """How many there are in the smallest table that is taken from by what comes of an input; None
    where that is no index.
    """
    if graph.tensors[index].type not in _TYPES:
        return None
    indices = {index}
    sizes: list[int] = []
    for node in graph.nodes:
        sizes += _sizes(graph, node, indices)
        if indices & set(node.inputs):
            indices |= {out for out in node.outputs if graph.tensors[out].type in _TYPES}
    return min(sizes, default=None)


def _sizes(graph: Graph, node: Node, indices: set[int]) -> Iterator[int]:
    """Of the axes of a table that a node takes from by one of `indices`."""
    if len(node.inputs) < 2:
        return
    first, second = (graph.tensors[place].shape for place in node.inputs[:2])
    if node.op == "EMBEDDING_LOOKUP" and node.inputs[0] in indices:
        yield from second[:1]
    if node.op == "GATHER_ND" and node.inputs[1] in indices:
        yield from first[: second[-1] if second else 0]
    if node.op == "GATHER" and node.inputs[1] in indices:
        axis = node.options.get("axis", 0)
        if isinstance(axis, int) and -len(first) <= axis < len(first):
            yield first[axis]
