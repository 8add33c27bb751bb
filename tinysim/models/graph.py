"""The operations of a model, as a profile names them."""

from collections.abc import Callable, Sequence
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


def sum_macs(graph: Graph) -> int:
    """Multiply-accumulates of all operations."""
    return sum(macs(graph, node) for node in graph.nodes)


def macs(graph: Graph, node: Node) -> int:
    """Multiply-accumulates of an operation; 0 where it has none to speak of. Products with the
    padding around a tensor count, as is usual.
    """
    count = _MACS.get(node.op)
    shapes = [graph.tensors[index].shape for index in node.present]
    if count is None or len(shapes) < 2:
        return 0
    return count(graph.tensors[node.outputs[0]].shape, shapes)


Shape = tuple[int, ...]


def _lstm(_: Shape, inputs: Sequence[Shape]) -> int:
    """Every matrix of weights times a vector, for each step of each sequence."""
    sequences, weights = inputs[0], inputs[1:]
    return prod(sequences[:2]) * sum(prod(shape) for shape in weights[:8] if len(shape) == 2)


_MACS: dict[str, Callable[[Shape, Sequence[Shape]], int]] = {
    "CONV_2D": lambda output, inputs: prod(output) * prod(inputs[1][1:]),
    "DEPTHWISE_CONV_2D": lambda output, inputs: prod(output) * prod(inputs[1][1:3]),
    "TRANSPOSE_CONV": lambda _, inputs: prod(inputs[2][:3]) * prod(inputs[1]),
    "FULLY_CONNECTED": lambda output, inputs: prod(output) * inputs[1][-1],
    "BATCH_MATMUL": lambda output, inputs: prod(output) * inputs[0][-1],
    "SVDF": lambda _, inputs: inputs[0][0] * (prod(inputs[1]) + prod(inputs[2])),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _lstm,
}
