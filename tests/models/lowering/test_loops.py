"""Loops written out beside the host's interpreter, which runs them: the same bytes."""

from dataclasses import replace

import numpy as np
import pytest

from tests.models.networks import Making
from tinysim.models import host
from tinysim.models.lowering import loops, lower, unused
from tinysim.models.network import Graph, Network, Node, Tensor
from tinysim.models.write import write_network

_SHAPE = (1, 3)


def _scalar(making: Making, value: int | None = None) -> int:
    return making.integers(value) if value is not None else making.add(Tensor("i", (), "INT32"))


def _vector(making: Making) -> int:
    return making.add(Tensor("x", _SHAPE, "FLOAT32"))


def _subgraph(making: Making, inputs: list[int], outputs: list[int]) -> Graph:
    return Graph(tuple(making.tensors), tuple(making.nodes), tuple(inputs), tuple(outputs))


def _condition(rounds: int | None) -> Graph:
    """I < rounds; without any, i < what comes in."""
    making = Making(1)
    i, x, end = _scalar(making), _vector(making), _scalar(making)
    holds = making.add(Tensor("holds", (), "BOOL"))
    limit = end if rounds is None else _scalar(making, rounds)
    making.node("LESS", [i, limit], [holds])
    return _subgraph(making, [i, x, end], [holds])


def _body(step: int, inner: tuple[int, int] | None = None) -> Graph:
    """I + step, x * a + b, and the end as it is; `inner` is another loop over x."""
    making = Making(2)
    i, x, end = _scalar(making), _vector(making), _scalar(making)
    later, product, total = _scalar(making), _vector(making), _vector(making)
    a, b = (
        making.add(Tensor("c", _SHAPE, "FLOAT32", data=np.float32(values).tobytes()))
        for values in ([0.5, -1, 2], [1, 2, 3])
    )
    making.node("ADD", [i, _scalar(making, step)], [later], "AddOptions")
    making.node("MUL", [x, a], [product], "MulOptions")
    making.node("ADD", [product, b], [total], "AddOptions")
    if inner:
        outs = [_scalar(making), _vector(making), _scalar(making)]
        making.nodes.append(_while([_scalar(making, 0), total, end], outs, *inner))
        total = outs[1]
    return _subgraph(making, [i, x, end], [later, total, end])


def _while(inputs: list[int], outputs: list[int], condition: int, body: int) -> Node:
    options = {"cond_subgraph_index": condition, "body_subgraph_index": body}
    return Node("WHILE", tuple(inputs), tuple(outputs), options, "WhileOptions")


def _network(*subgraphs: Graph) -> Network:
    """A loop over what comes in, by the first two of the graphs, and the sum of what comes out."""
    making = Making(3)
    source, end = _vector(making), _scalar(making)
    outs = [_scalar(making), _vector(making), _scalar(making)]
    making.nodes.append(_while([_scalar(making, 0), source, end], outs, 1, 2))
    total = _vector(making)
    making.node("ADD", [outs[1], source], [total], "AddOptions")
    return making.network([source, end], total, subgraphs)


def _answers(network: Network) -> list[tuple[bytes, ...]]:
    inputs = np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32)
    data = [row.tobytes() + np.int32(4).tobytes() for row in inputs]
    return host.run(write_network(network), network.main, data)


@pytest.mark.parametrize(("rounds", "step", "times"), [(5, 1, 5), (7, 3, 3), (0, 1, 0)])
def test_a_counted_loop_is_written_out(rounds: int, step: int, times: int) -> None:
    network = _network(_condition(rounds), _body(step))
    graph = unused.drop(loops.write_out(network))
    assert [node.op for node in graph.nodes] == ["MUL", "ADD"] * times + ["ADD"]
    constants = [tensor for tensor in graph.tensors if tensor.data is not None]
    assert len(constants) == (2 if times else 0)
    assert _answers(Network((graph,))) == _answers(network)


def test_a_loop_in_a_loop_is_written_out() -> None:
    network = _network(_condition(3), _body(1, (3, 4)), _condition(2), _body(1))
    graph = unused.drop(loops.write_out(network))
    assert [node.op for node in graph.nodes] == ["MUL", "ADD"] * 9 + ["ADD"]
    assert _answers(Network((graph,))) == _answers(network)


@pytest.mark.parametrize(
    "subgraphs",
    [
        (_condition(None), _body(1)),
        (_condition(5), _body(0)),
        (_condition(loops.MOST_OPERATIONS), _body(1)),
    ],
    ids=["by an input", "without end", "too long"],
)
def test_other_loops_stay(subgraphs: tuple[Graph, ...]) -> None:
    network = _network(*subgraphs)
    assert loops.write_out(network) == network.main
    assert "loops" not in lower(network).passes


def _branches(known: bool | None) -> Network:
    """X + 1 if the condition holds, x - 1 if not; the condition comes in where it is not known."""
    making = Making(3)
    data = None if known is None else np.bool_(known).tobytes()
    condition = making.add(Tensor("c", (), "BOOL", data=data))
    x, chosen, output = _vector(making), _vector(making), _vector(making)
    options = {"then_subgraph_index": 1, "else_subgraph_index": 2}
    making.node("IF", [condition, x], [chosen], "IfOptions", **options)
    making.node("NEG", [chosen], [output])
    ends = [x] if data else [condition, x]
    main = _subgraph(making, ends, [output])
    branches = []
    for op in ("ADD", "SUB"):
        inner = Making(4)
        source, result = _vector(inner), _vector(inner)
        one = inner.add(Tensor("one", (), "FLOAT32", data=np.float32(1).tobytes()))
        inner.node(op, [source, one], [result], f"{op.capitalize()}Options")
        branches.append(_subgraph(inner, [source], [result]))
    return Network((main, *branches))


@pytest.mark.parametrize("known", [True, False])
def test_a_branch_that_is_known_is_written_out(known: bool) -> None:
    network = _branches(known)
    lowered = lower(network)
    assert [node.op for node in lowered.graph.nodes] == ["ADD" if known else "SUB", "NEG"]
    given = np.float32([[1, 2, 3]])
    ((answer,),) = host.run(write_network(lowered.network), lowered.graph, [given.tobytes()])
    assert (
        np.frombuffer(answer, np.float32).tolist() == (-(given + (1 if known else -1)))[0].tolist()
    )


def test_a_branch_that_is_not_known_stays() -> None:
    network = _branches(None)
    assert loops.write_out(network) == network.main


def test_a_branch_into_itself_stays() -> None:
    network = _branches(True)
    main, then, otherwise = network.graphs
    itself = replace(main.nodes[0], inputs=(0, 1), outputs=(2,))
    tensors = (main.tensors[0], then.tensors[0], then.tensors[0])
    endless = Graph(tensors, (itself,), (1,), (2,))
    network = Network((main, endless, otherwise))
    assert loops.write_out(network) == main
    bare = replace(main, nodes=(replace(main.nodes[0], inputs=()), main.nodes[1]))
    assert loops.write_out(network.with_main(bare)) == bare
