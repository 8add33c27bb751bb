"""Random graphs of int8: three to twenty operations behind and beside each other."""

import numpy as np

from .cases.registry import elements, pick
from .graph import Graph
from .steps import LARGEST, STEPS, Maker


def random_graph(seed: int) -> Graph:
    """The graph of a seed: each operation reads the latest tensor or, at times, an earlier one."""
    random = np.random.default_rng([seed, 20])
    graph = Graph()
    maker = Maker(random, graph)
    sizes = (1, pick(random, 2, 12), pick(random, 2, 12), pick(random, 1, 8))
    made = [graph.input(sizes, "int8", *maker.chosen())]
    wanted = pick(random, 3, 20)
    while len(graph.nodes) < wanted:
        x = made[-1] if random.random() < 0.8 else int(random.choice(made))
        step = STEPS[pick(random, 0, len(STEPS) - 1)]
        count = len(graph.tensors), len(graph.nodes)
        y = step(maker, x)
        if y is not None and elements(graph.tensors[y].shape) > LARGEST:
            del graph.tensors[count[0] :], graph.nodes[count[1] :]
        elif y is not None:
            made.append(y)
    return graph
