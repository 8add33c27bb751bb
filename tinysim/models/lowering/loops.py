"""Loops whose rounds can be counted here are written out, round by round: recurrent layers, which
Keras makes a WHILE of, run as often as their input has steps. Of an IF whose condition is known
here the branch is written out.
"""

from dataclasses import replace

import numpy as np

from ..network import ABSENT, Graph, Network, Node, Tensor
from . import constants

MOST_OPERATIONS = 10_000
"""Of a model with its loops written out. The board would need more memory for more than it has."""

_MOST_DEPTH = 16
"""Of loops and branches in each other."""


def write_out(network: Network) -> Graph:
    """The main graph without WHILE and IF; as it is where a loop's end depends on what comes in."""
    if not any(node.op in ("WHILE", "IF") for node in network.main.nodes):
        return network.main
    try:
        return _Writing(network).graph()
    except _UncountedError:
        return network.main


class _UncountedError(Exception):
    """How often a loop runs is not known here."""


class _Writing:
    def __init__(self, network: Network) -> None:
        self._network = network
        self._tensors = list(network.main.tensors)
        self._nodes: list[Node] = []
        self._shared: dict[tuple[int, int], int] = {}
        """A subgraph's constants, by its number and theirs."""
        self._depth = 0

    def graph(self) -> Graph:
        """The main graph, written out."""
        main = self._network.main
        names = {index: index for index in range(len(main.tensors))}
        for node in main.nodes:
            self._write(_renamed(node, names), names, node)
        return replace(
            main,
            tensors=tuple(self._tensors),
            nodes=tuple(self._nodes),
            outputs=tuple(names[index] for index in main.outputs),
        )

    def _write(self, node: Node, names: dict[int, int], own: Node) -> None:
        """One operation; `names` then has what the results of `own` are called."""
        if node.op == "WHILE":
            names.update(zip(own.outputs, self._loop(node), strict=True))
            return
        if node.op == "IF" and (branch := self._branch(node)) is not None:
            names.update(zip(own.outputs, self._round(branch, list(node.inputs[1:])), strict=True))
            return
        results = constants.evaluate(node, self._tensors)
        if results is None or not set(node.outputs).isdisjoint(self._network.main.outputs):
            self._nodes.append(node)
            if len(self._nodes) > MOST_OPERATIONS:
                raise _UncountedError
            return
        for output, result in zip(node.outputs, results, strict=True):
            self._tensors[output] = constants.constant(node, self._tensors[output], result)

    def _loop(self, node: Node) -> list[int]:
        """What the loop's variables are at the end."""
        condition, body = self._subgraph(node, "cond"), self._subgraph(node, "body")
        now = list(node.inputs)
        rounds = 0
        while self._holds(condition, now):
            now = self._round(body, now)
            rounds += 1
            if rounds > MOST_OPERATIONS:
                raise _UncountedError
        return now

    def _branch(self, node: Node) -> int | None:
        """The graph that is taken, None where that is not known here."""
        if not node.inputs or node.inputs[0] == ABSENT:
            return None
        condition = self._tensors[node.inputs[0]]
        if condition.type != "BOOL" or not condition.data:
            return None
        holds = np.frombuffer(condition.data, np.bool_).all()
        return self._subgraph(node, "then" if holds else "else")

    def _subgraph(self, node: Node, name: str) -> int:
        index = node.options.get(f"{name}_subgraph_index", 0)
        if not isinstance(index, int) or not 0 < index < len(self._network.graphs):
            raise _UncountedError
        graph = self._network.graphs[index]
        given = node.inputs[1:] if node.op == "IF" else node.inputs
        fits = len(graph.inputs) == len(given) and ABSENT not in given
        keeps = any(tensor.is_variable for tensor in graph.tensors)
        count = 1 if name == "cond" else len(node.outputs)
        if not fits or keeps or len(graph.outputs) != count:
            raise _UncountedError
        return index

    def _holds(self, index: int, now: list[int]) -> bool:
        graph = self._network.graphs[index]
        tensors = list(graph.tensors)
        for own, outer in zip(graph.inputs, now, strict=True):
            tensors[own] = self._tensors[outer]
        folded = constants.fold(Graph(tuple(tensors), graph.nodes, (), ()))
        answer = folded.tensors[graph.outputs[0]]
        if answer.type != "BOOL" or answer.data is None:
            raise _UncountedError
        return bool(np.frombuffer(answer.data, np.bool_).all())

    def _round(self, index: int, now: list[int]) -> list[int]:
        """The body once more; what its variables are then."""
        if self._depth == _MOST_DEPTH:
            raise _UncountedError  # a graph that names itself, for example
        self._depth += 1
        graph = self._network.graphs[index]
        names = dict(zip(graph.inputs, now, strict=True))
        for own, tensor in enumerate(graph.tensors):
            if own not in names:
                names[own] = self._named(index, own, tensor)
        for node in graph.nodes:
            self._write(_renamed(node, names), names, node)
        self._depth -= 1
        return [names[output] for output in graph.outputs]

    def _named(self, graph: int, own: int, tensor: Tensor) -> int:
        if tensor.data is not None and (graph, own) in self._shared:
            return self._shared[graph, own]
        self._tensors.append(tensor)
        if tensor.data is not None:
            self._shared[graph, own] = len(self._tensors) - 1
        return len(self._tensors) - 1


def _renamed(node: Node, names: dict[int, int]) -> Node:
    return replace(
        node,
        inputs=tuple(index if index == ABSENT else names[index] for index in node.inputs),
        outputs=tuple(names[index] for index in node.outputs),
        intermediates=tuple(names[index] for index in node.intermediates),
    )
