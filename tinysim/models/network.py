"""A TFLite model as data: what its file says, without the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod

TYPE_BYTES = {
    "FLOAT32": 4,
    "FLOAT16": 2,
    "INT32": 4,
    "UINT8": 1,
    "INT64": 8,
    "BOOL": 1,
    "INT16": 2,
    "INT8": 1,
    "UINT32": 4,
    "UINT16": 2,
    "FLOAT64": 8,
    "UINT64": 8,
}
"""Of an element, for the types whose elements are whole bytes."""

ABSENT = -1
"""An optional input that is left out."""

Option = int | float | bool | str | tuple[int | float, ...]


@dataclass(frozen=True)
class Quantization:
    """real = scale * (stored - zero point); one pair, or one for each index of `axis`."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int = 0


@dataclass(frozen=True)
class Tensor:
    """A tensor. `data` is a constant's bytes; an intermediate result has none."""

    name: str
    shape: tuple[int, ...]
    type: str
    quantization: Quantization | None = None
    data: bytes | None = None
    is_variable: bool = False
    shape_signature: tuple[int, ...] = ()
    """The shape with -1 where any size was allowed; empty where all are fixed."""
    is_sparse: bool = False
    """Whether its file leaves out its zeros, which `data` has."""

    @property
    def elements(self) -> int:
        """How many; 1 for a scalar."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """What it takes up."""
        return self.elements * TYPE_BYTES.get(self.type, 0)


@dataclass(frozen=True)
class Node:
    """An operation by TFLite's name, over tensors by their indices."""

    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Option] = field(default_factory=dict)
    options_table: str = ""
    """The schema's name of the table that `options` are; empty without one."""
    version: int = 1
    custom_code: str = ""
    custom_options: bytes = b""
    intermediates: tuple[int, ...] = ()

    @property
    def present(self) -> tuple[int, ...]:
        """The inputs that are there."""
        return tuple(index for index in self.inputs if index != ABSENT)


@dataclass(frozen=True)
class Graph:
    """Operations in the order of their execution."""

    tensors: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    name: str = "main"

    def with_tensor(self, index: int, **changes: object) -> "Graph":
        """The same with one tensor changed."""
        changed = replace(self.tensors[index], **changes)  # type: ignore[arg-type]
        tensors = (*self.tensors[:index], changed, *self.tensors[index + 1 :])
        return replace(self, tensors=tensors)


@dataclass(frozen=True)
class Network:
    """A model: the graph that runs, and those that its operations name."""

    graphs: tuple[Graph, ...]
    description: str = ""
    signatures: tuple[str, ...] = ()
    """The names that its file has for graphs, those of the one that runs first."""
    has_new_codes: bool = False
    """Whether its file has operators' codes where interpreters of 2020 do not look for them."""

    @property
    def main(self) -> Graph:
        """The graph that runs."""
        return self.graphs[0]

    def with_main(self, graph: Graph) -> "Network":
        """The same with another graph that runs."""
        return replace(self, graphs=(graph, *self.graphs[1:]))
