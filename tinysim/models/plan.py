"""Where each intermediate result lies in the arena, and when: TFLM's greedy memory planner."""

from dataclasses import dataclass

from .network import Graph

_ALIGNMENT = 16


@dataclass(frozen=True)
class Allocation:
    """A tensor in the arena: bytes from its start, and the operations from `first` to `last`
    during which it lies there.
    """

    tensor: int
    name: str
    bytes: int
    offset: int
    first: int
    last: int


@dataclass(frozen=True)
class Plan:
    """The plan of a graph; `bytes` is what it takes, and most of it lives at operation `peak`,
    `peak_bytes` of it.
    """

    allocations: tuple[Allocation, ...]
    bytes: int
    peak: int
    peak_bytes: int


def make_plan(graph: Graph) -> Plan:
    """The plan that the interpreter makes when it starts: the largest first, each at the lowest
    place that is free as long as it lives.
    """
    placed: list[Allocation] = []
    lifetimes = _lifetimes(graph)
    for index in sorted(lifetimes, key=lambda index: -_aligned(graph.tensors[index].bytes)):
        first, last = lifetimes[index]
        size = _aligned(graph.tensors[index].bytes)
        offset = 0
        for other in sorted(placed, key=lambda allocation: allocation.offset):
            if other.last < first or last < other.first:
                continue
            if other.offset - offset >= size:
                break
            offset = max(offset, other.offset + other.bytes)
        placed.append(Allocation(index, graph.tensors[index].name, size, offset, first, last))
    live = [
        sum(part.bytes for part in placed if part.first <= number <= part.last)
        for number in range(len(graph.nodes))
    ]
    return Plan(
        tuple(sorted(placed, key=lambda allocation: (allocation.first, allocation.offset))),
        max((part.offset + part.bytes for part in placed), default=0),
        live.index(max(live)) if live else 0,
        max(live, default=0),
    )


def _lifetimes(graph: Graph) -> dict[int, tuple[int, int]]:
    first: dict[int, int] = dict.fromkeys(graph.inputs, 0)
    last: dict[int, int] = {}
    for number, node in enumerate(graph.nodes):
        for index in node.present:
            last[index] = number
        for index in node.outputs:
            first.setdefault(index, number)
    for index in graph.outputs:
        last[index] = len(graph.nodes) - 1
    return {
        index: (start, last.get(index, start))
        for index, start in first.items()
        if not graph.tensors[index].is_variable and graph.tensors[index].data is None
    }


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
