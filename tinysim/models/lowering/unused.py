"""Operations whose results nobody reads, and tensors that nobody names, are left out."""

from collections.abc import Iterable
from dataclasses import replace

from ..network import ABSENT, Graph, Node


def drop(graph: Graph) -> Graph:
    """The same graph without them; the order of everything else stays."""
    wanted = set(graph.outputs)
    nodes: list[Node] = []
    for node in reversed(graph.nodes):
        if wanted.isdisjoint(node.outputs) and not _writes_variable(graph, node):
            continue
        wanted.update(node.present)
        nodes.append(node)
    nodes.reverse()
    return _compact(replace(graph, nodes=tuple(nodes)))


def _writes_variable(graph: Graph, node: Node) -> bool:
    """SVDF and the LSTMs change an input that is a variable tensor."""
    return any(graph.tensors[index].is_variable for index in node.present)


def _compact(graph: Graph) -> Graph:
    used = _named(graph)
    if len(used) == len(graph.tensors):
        return graph
    new = {old: index for index, old in enumerate(used)}
    new[ABSENT] = ABSENT

    def moved(indices: Iterable[int]) -> tuple[int, ...]:
        return tuple(new[index] for index in indices)

    return replace(
        graph,
        tensors=tuple(graph.tensors[index] for index in used),
        nodes=tuple(
            replace(
                node,
                inputs=moved(node.inputs),
                outputs=moved(node.outputs),
                intermediates=moved(node.intermediates),
            )
            for node in graph.nodes
        ),
        inputs=moved(graph.inputs),
        outputs=moved(graph.outputs),
    )


def _named(graph: Graph) -> list[int]:
    named = {*graph.inputs, *graph.outputs}
    for node in graph.nodes:
        named.update(node.inputs, node.outputs, node.intermediates)
    return sorted(named - {ABSENT})
