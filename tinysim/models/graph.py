"""The operations of a model, as a profile names them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path

from .network import Graph, Node
from .read import read_network


@dataclass(frozen=True)
class Operation:
    """An operation by TFLite's name. `macs` are its multiply-accumulates."""

    name: str
    macs: int


def read_operations(path: Path) -> list[Operation]:
    """The operations of a model file's first graph, in the order of their execution.

    Raises:
        AssetError: the file cannot be read as a TFLite model.

    """
    return list_operations(read_network(path)[0].main)


def list_operations(graph: Graph) -> list[Operation]:
    """The operations of a graph, in the order of their execution."""
    return [Operation(node.op, macs(graph, node)) for node in graph.nodes]


def macs(graph: Graph, node: Node) -> int:
    """Multiply-accumulates of an operation; 0 where it has none to speak of."""
    count = _MACS.get(node.op)
    if count is None or len(node.present) < 2:
        return 0
    shapes = [graph.tensors[index].shape for index in node.present]
    return count(graph.tensors[node.outputs[0]].shape, *shapes[:2])


Shape = tuple[int, ...]

_MACS: dict[str, Callable[[Shape, Shape, Shape], int]] = {
    "CONV_2D": lambda output, _, weights: prod(output) * prod(weights[1:]),
    "DEPTHWISE_CONV_2D": lambda output, _, weights: prod(output) * prod(weights[1:3]),
    "FULLY_CONNECTED": lambda output, _, weights: prod(output) * weights[-1],
    "BATCH_MATMUL": lambda output, left, _: prod(output) * left[-1],
}
