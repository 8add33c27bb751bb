"""An operation of a graph, as its rule sees it."""

from dataclasses import dataclass

import numpy as np

from ..network import ABSENT, Graph, Node, Tensor

Shape = tuple[int, ...]


class UnfitError(Exception):
    """The operation is not what TFLite defines; the text says what is wrong, for a reader."""


@dataclass(frozen=True)
class View:
    """A node with its tensors."""

    graph: Graph
    node: Node

    def input(self, index: int) -> Tensor:
        """An input tensor.

        Raises:
            UnfitError: it is left out.

        """
        if index >= len(self.node.inputs) or self.node.inputs[index] == ABSENT:
            raise UnfitError(f"input {index} is missing")
        return self.graph.tensors[self.node.inputs[index]]

    def optional(self, index: int) -> Tensor | None:
        """An input tensor that may be left out."""
        if index >= len(self.node.inputs) or self.node.inputs[index] == ABSENT:
            return None
        return self.graph.tensors[self.node.inputs[index]]

    @property
    def inputs(self) -> list[Tensor]:
        """All that are there."""
        return [self.graph.tensors[index] for index in self.node.present]

    @property
    def outputs(self) -> list[Tensor]:
        """All of them."""
        return [self.graph.tensors[index] for index in self.node.outputs]

    @property
    def ends(self) -> tuple[list[Tensor], list[Tensor]]:
        """Inputs that are there, and outputs."""
        return self.inputs, self.outputs

    def option(self, name: str) -> int:
        """An option that is a whole number."""
        value = self.node.options.get(name, 0)
        if not isinstance(value, int):
            raise UnfitError(f"option {name} is no whole number")
        return value

    def positive(self, *names: str) -> tuple[int, ...]:
        """Options that must be at least 1."""
        values = tuple(self.option(name) for name in names)
        for name, value in zip(names, values, strict=True):
            require(1 <= value <= 0xFFFF, f"{name} is {value}")
        return values

    def constant(self, index: int) -> tuple[int, ...] | None:
        """The whole numbers of a constant input; None where they are known only later."""
        tensor = self.input(index)
        require(tensor.type in ("INT32", "INT64"), f"input {index} is {tensor.type}")
        if tensor.data is None:
            return None
        kind = np.int32 if tensor.type == "INT32" else np.int64
        return tuple(int(value) for value in np.frombuffer(tensor.data, kind))

    def known(self, index: int) -> tuple[int, ...]:
        """The whole numbers of an input that must be a constant."""
        values = self.constant(index)
        if values is None:
            raise UnfitError(f"input {index} is not a constant: the result's shape is not known")
        return values

    def axis(self, value: int, rank: int) -> int:
        """An axis counted from the front."""
        require(-rank <= value < rank, f"axis {value} of {rank} dimensions")
        return value % rank


def require(holds: bool, problem: str) -> None:
    """Raise UnfitError with the problem where something does not hold."""
    if not holds:
        raise UnfitError(problem)


def rank(tensor: Tensor, *allowed: int) -> Shape:
    """The shape of a tensor that must have as many dimensions as one of `allowed`."""
    require(
        len(tensor.shape) in allowed,
        f"shape {list(tensor.shape)} where {' or '.join(map(str, allowed))} dimensions are needed",
    )
    return tensor.shape
