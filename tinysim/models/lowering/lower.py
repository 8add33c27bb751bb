"""The passes in their order."""

from dataclasses import dataclass

from ..network import Graph, Network
from . import (
    borders,
    constants,
    depthwise,
    ends,
    halves,
    loops,
    reshapes,
    shapes,
    substitutes,
    unsigned,
    unused,
    variables,
    weights,
)
from .folding import fold
from .state import State


@dataclass(frozen=True)
class Lowered:
    """A model ready for the board.

    Its last inputs are `state.count` tensors that the runtime keeps between inferences; the
    first `outputs` of its outputs are the model's own, the next ones the new state, and what
    comes then is nobody's. `passes` have changed something, in this order.
    """

    network: Network
    outputs: int
    state: State
    passes: tuple[str, ...]

    @property
    def graph(self) -> Graph:
        """The one graph that is left."""
        return self.network.main


def lower(network: Network, *, int8_ends: bool = False, folding: bool = True) -> Lowered:
    """Run every pass; `int8_ends` is how the benchmarks' firmware wants a model. Without
    `folding` whatever is computed stays, needed or not.

    Raises:
        AssetError: a construct that no pass can turn into what the board runs.

    """
    own_outputs = len(network.main.outputs)
    changed = ["codes"] if network.has_new_codes else []
    graph = loops.write_out(network)
    if graph != network.main:
        changed.append("loops")
        network = network.with_main(graph)
    graph, state = variables.keep_state(network)
    if graph != network.main:
        changed.append("variables")
    first = [("borders", borders.strip)] if int8_ends else []
    more = [("depthwise", depthwise.rename), ("folding", fold)] if folding else []
    for name, run in (
        ("unsigned", unsigned.shift),
        *first,
        ("halves", halves.unpack),
        ("weights", weights.widen),
        ("constants", constants.fold),
        ("shapes", _settle),
        ("substitutes", substitutes.substitute),
        ("reshapes", reshapes.drop),
        *more,
        ("unused", unused.drop),
        ("ends", ends.close),
    ):
        before, graph = graph, run(graph)
        if graph != before:
            changed.append(name)
    lowered = Network((graph,), network.description)
    return Lowered(lowered, own_outputs, state, tuple(changed))


def _settle(graph: Graph) -> Graph:
    """Shapes and constants, as each may give the other more to know."""
    while (settled := shapes.settle(graph)) != graph:
        graph = constants.fold(settled)
    return graph
