"""The operations in one's place, in the making."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...network import Graph, Node, Option, Tensor
from ...rules.view import View


class Making:
    """`nodes` take the place of `node`; while there are none, it stays. `tensors` are all of the
    graph, and those that were added.
    """

    def __init__(self, graph: Graph, node: Node) -> None:
        self.view = View(graph, node)
        self.node = node
        self.tensors = list(graph.tensors)
        self.nodes: list[Node] = []

    def tensor(self, tensor: Tensor) -> int:
        """Its index."""
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def integers(self, name: str, values: Sequence[int] | NDArray[np.int32] | int) -> int:
        """A constant's index."""
        data = np.array(values, np.int32)
        return self.tensor(Tensor(name, data.shape, "INT32", data=data.tobytes()))

    def then(
        self, op: str, inputs: Sequence[int], output: int, table: str = "", **options: Option
    ) -> int:
        """One operation more; the index of what it gives."""
        self.nodes.append(Node(op, tuple(inputs), (output,), options, table))
        return output
