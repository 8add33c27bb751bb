"""Operations that TFLM has no kernel for, written with others that say the same."""

from collections.abc import Callable
from dataclasses import replace

from ...network import Graph, Node
from ...rules.view import UnfitError
from . import activations, blocks, choices, functions, groups, octets, reductions, tiles, zeros
from .making import Making

_WRITE: dict[str, Callable[[Making], None]] = {
    "BATCH_TO_SPACE_ND": blocks.join,
    "CAST": octets.count,
    "CONCATENATION": activations.move,
    "CONV_2D": groups.divide,
    "EXP": functions.look_up,
    "GELU": functions.look_up,
    "LOG": functions.look_up,
    "REDUCE_MAX": reductions.pool,
    "RELU_0_TO_1": activations.clamp,
    "SELECT_V2": choices.compute,
    "SPACE_TO_BATCH_ND": blocks.split,
    "TILE": tiles.join,
    "TRANSPOSE_CONV": activations.move,
    "ZEROS_LIKE": zeros.fill,
}
"""How each operation is written, if its types and options are such that it has to be."""


def substitute(graph: Graph) -> Graph:
    """The same graph with others in the place of what TFLM has no kernel for."""
    nodes: list[Node] = []
    for node in graph.nodes:
        making = Making(graph, node)
        if write := _WRITE.get(node.op):
            try:
                write(making)
            except UnfitError:
                making = Making(graph, node)  # whoever judges the operation says what is wrong
        if making.nodes or making.is_known:
            graph = replace(graph, tensors=tuple(making.tensors))
        nodes += making.nodes or (() if making.is_known else (node,))
    return graph if tuple(nodes) == graph.nodes else replace(graph, nodes=tuple(nodes))
