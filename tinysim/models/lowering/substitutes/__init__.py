"""Operations that TFLM has no kernel for, written with others that say the same."""

from collections.abc import Callable
from dataclasses import replace

from ...network import Graph, Node
from ...rules.check import shapes_of
from ...rules.view import UnfitError
from . import (
    activations,
    blocks,
    casts,
    choices,
    extremes,
    functions,
    gathers,
    gelu,
    groups,
    powers,
    quotients,
    reductions,
    signs,
    squares,
    sums,
    tiles,
    zeros,
)
from .making import Making

WRITE: dict[str, Callable[[Making], None]] = {
    "ADD_N": sums.add,
    "BATCH_TO_SPACE_ND": blocks.join,
    "BROADCAST_TO": tiles.spread,
    "CAST": casts.write,
    "CONCATENATION": activations.move,
    "CONV_2D": groups.divide,
    "CUMSUM": sums.accumulate,
    "DIV": quotients.guard,
    "EMBEDDING_LOOKUP": gathers.embed,
    "EXP": functions.look_up,
    "FLOOR_DIV": quotients.floor,
    "GATHER_ND": gathers.by_place,
    "GELU": gelu.write,
    "L2_POOL_2D": squares.pool,
    "LOG": functions.look_up,
    "ONE_HOT": extremes.mark,
    "POW": powers.multiply,
    "REDUCE_ALL": reductions.decide,
    "REDUCE_ANY": reductions.decide,
    "REDUCE_MAX": reductions.pool,
    "REDUCE_PROD": reductions.multiply,
    "RELU_0_TO_1": activations.clamp,
    "RELU_N1_TO_1": activations.clamp,
    "SELECT": choices.select,
    "SELECT_V2": choices.compute,
    "SIGN": signs.compare,
    "SPACE_TO_BATCH_ND": blocks.split,
    "SQRT": functions.look_up,
    "TILE": tiles.join,
    "TOPK_V2": extremes.search,
    "TRANSPOSE_CONV": activations.move,
    "ZEROS_LIKE": zeros.fill,
}
"""How each operation is written, if its types and options are such that it has to be."""


def substitute(graph: Graph) -> Graph:
    """The same graph with others in the place of what TFLM has no kernel for."""
    nodes: list[Node] = []
    for node in graph.nodes:
        making = Making(graph, node)
        if (write := WRITE.get(node.op)) and _is_whole(graph, node):
            try:
                write(making)
            except UnfitError:
                making = Making(graph, node)  # whoever judges the operation says what is wrong
        if making.nodes or making.is_known:
            graph = replace(graph, tensors=tuple(making.tensors))
        nodes += making.nodes or (() if making.is_known else (node,))
    return graph if tuple(nodes) == graph.nodes else replace(graph, nodes=tuple(nodes))


def _is_whole(graph: Graph, node: Node) -> bool:
    """Whether its results have the shapes that TFLite gives them."""
    return shapes_of(graph, node) == [graph.tensors[index].shape for index in node.outputs]
