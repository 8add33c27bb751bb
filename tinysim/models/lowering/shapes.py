"""Sizes that the converter left open follow from the others, with one input in the batch."""

from dataclasses import replace

from ..network import Graph
from ..rules.check import shapes_of

_OPEN = -1


def settle(graph: Graph) -> Graph:
    """The same graph; a tensor with an open size (-1 in its signature) gets the shape that its
    operation gives it.
    """
    settled = graph
    for node in graph.nodes:
        if not any(_OPEN in settled.tensors[index].shape_signature for index in node.outputs):
            continue
        shapes = shapes_of(settled, node)
        if shapes is None:
            continue  # an operation that the check will name
        for index, shape in zip(node.outputs, shapes, strict=True):
            tensor = settled.tensors[index]
            if tensor.shape != shape and _fits(tensor.shape_signature, shape):
                settled = settled.with_tensor(index, shape=shape)
    return _closed(settled) if settled is not graph else graph


def _fits(signature: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(signature) == len(shape) and all(
        known in (_OPEN, size) for known, size in zip(signature, shape, strict=True)
    )


def _closed(graph: Graph) -> Graph:
    return replace(
        graph, tensors=tuple(replace(tensor, shape_signature=()) for tensor in graph.tensors)
    )
