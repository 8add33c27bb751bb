"""Resource variables as state, beside the host's interpreter that has the variables."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.models.networks import Making, random_network
from tinysim.errors import AssetError
from tinysim.models import host
from tinysim.models.lowering import Lowered, lower
from tinysim.models.network import Graph, Network, Node, Tensor
from tinysim.models.write import write_network


def _inputs(network: Network, count: int) -> list[bytes]:
    graph = network.main
    size = sum(graph.tensors[index].bytes for index in graph.inputs)
    generator = np.random.default_rng(5)
    return [generator.bytes(size) for _ in range(count)]


def _with_state(lowered: Lowered, inputs: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """What the firmware does: the state lies behind the inputs, and comes behind the outputs."""
    model, graph, state = write_network(lowered.network), lowered.graph, lowered.state.initial
    answers = []
    for data in inputs:
        (outputs,) = host.run(model, graph, [data + state])
        answers.append(outputs[: lowered.outputs])
        state = b"".join(outputs[lowered.outputs : lowered.outputs + lowered.state.count])
    return answers


def test_what_was_assigned_is_read_an_inference_later() -> None:
    kept = 0
    for seed in range(40):
        network = random_network(seed, variables=True)
        lowered = lower(network)
        kept += lowered.state.count
        inputs = _inputs(network, 5)
        expected = host.run(write_network(network), network.main, inputs)
        assert _with_state(lowered, inputs) == expected, seed
        assert not any("VARIABLE" in node.op for node in lowered.graph.nodes)
    assert kept > 10


def _initialized(making: Making, name: str, values: bytes) -> Graph:
    handle = Tensor(name, (), "RESOURCE")
    first = Tensor("first", (1, len(values)), "INT8", making.tensors[0].quantization, values)
    options = {"container": "", "shared_name": name}
    return Graph(
        (handle, first),
        (
            Node("VAR_HANDLE", (), (0,), options, "VarHandleOptions"),
            Node("ASSIGN_VARIABLE", (0, 1), (), {}, "AssignVariableOptions"),
        ),
        (),
        (),
        "first",
    )


def test_call_once_gives_the_first_value() -> None:
    making = Making(9)
    source = making.activation((1, 4))
    making.node("CALL_ONCE", [], [], "CallOnceOptions", init_subgraph_index=1)
    last = making.remembered(source, "memory")
    values = bytes([1, 250, 3, 127])
    network = making.network([source], last, (_initialized(making, "memory", values),))
    lowered = lower(network)
    assert lowered.state.initial == values
    inputs = _inputs(network, 4)
    expected = host.run(write_network(network), network.main, inputs)
    assert _with_state(lowered, inputs) == expected
    zeroed = replace(lowered, state=replace(lowered.state, initial=bytes(4)))
    assert _with_state(zeroed, inputs) != expected


def test_a_first_value_that_is_not_known_is_named() -> None:
    making = Making(9)
    source = making.activation((1, 4))
    making.node("CALL_ONCE", [], [], "CallOnceOptions", init_subgraph_index=3)
    network = making.network([source], making.remembered(source, "memory"))
    with pytest.raises(AssetError, match="CALL_ONCE names a graph that does not exist"):
        lower(network)
