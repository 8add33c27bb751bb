"""The operations in one's place, in the making."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...network import Graph, Node, Option, Tensor
from ...rules.view import View


class Making:
    """`nodes` take the place of `node`; while there are none, it stays, unless its result
    `is_known`. `tensors` are all of the graph, and those that were added.
    """

    def __init__(self, graph: Graph, node: Node) -> None:
        self.view = View(graph, node)
        self.node = node
        self.tensors = list(graph.tensors)
        self.nodes: list[Node] = []
        self.is_known = False

    def tensor(self, tensor: Tensor) -> int:
        """Its index."""
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def integers(self, name: str, values: Sequence[int] | NDArray[np.int32] | int) -> int:
        """A constant's index."""
        data = np.array(values, np.int32)
        return self.tensor(Tensor(name, data.shape, "INT32", data=data.tobytes()))

    def reals(self, name: str, values: Sequence[float] | NDArray[np.float32] | float) -> int:
        """A constant's index, of float32."""
        data = np.array(values, np.float32)
        return self.tensor(Tensor(name, data.shape, "FLOAT32", data=data.tobytes()))

    def like(self, index: int, name: str, **changes: object) -> int:
        """A result that is like another tensor, but for what changes."""
        other = self.tensors[index]
        made = replace(other, name=f"{other.name}/{name}", data=None, shape_signature=())
        return self.tensor(replace(made, **changes))  # type: ignore[arg-type]

    def know(self, data: bytes) -> None:
        """The result is a constant."""
        (output,) = self.node.outputs
        self.tensors[output] = replace(self.tensors[output], data=data, shape_signature=())
        self.is_known = True

    def then(
        self, op: str, inputs: Sequence[int], output: int, table: str = "", **options: Option
    ) -> int:
        """One operation more; the index of what it gives."""
        self.nodes.append(Node(op, tuple(inputs), (output,), options, table))
        return output

    def reshaped(self, source: int, shape: Sequence[int]) -> int:
        """The same numbers in another shape; the index of that."""
        return self.reshape_to(source, self.like(source, "shaped", shape=tuple(shape)))

    def reshape_to(self, source: int, output: int) -> int:
        """The same numbers in the shape of another tensor; the index of that."""
        shape = self.integers("shape", self.tensors[output].shape)
        return self.then("RESHAPE", (source, shape), output)

    def joined(self, parts: Sequence[int], axis: int, output: int) -> int:
        """CONCATENATION along an axis; the index of what it gives."""
        options = {"axis": axis, "fused_activation_function": 0}
        return self.then("CONCATENATION", parts, output, "ConcatenationOptions", **options)

    def taken(self, source: int, indices: int, output: int, axis: int = 0) -> int:
        """GATHER along an axis; the index of what it gives."""
        pair = (source, indices)
        return self.then("GATHER", pair, output, "GatherOptions", axis=axis, batch_dims=0)

    def counted(self, op: str, first: int, second: int, output: int) -> int:
        """ADD, SUB, MUL or DIV of two tensors; the index of what it gives."""
        table = f"{op.capitalize()}Options"
        return self.then(op, (first, second), output, table, fused_activation_function=0)
