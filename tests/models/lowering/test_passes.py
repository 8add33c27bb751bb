"""Each pass beside the host's interpreter: the same bytes before and after."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.models.networks import Making, network_of_halves, random_network
from tinysim.errors import AssetError
from tinysim.models import host
from tinysim.models.lowering import (
    borders,
    constants,
    ends,
    halves,
    reshapes,
    shapes,
    unused,
)
from tinysim.models.network import Graph, Network, Quantization, Tensor
from tinysim.models.read import parse_network
from tinysim.models.write import write_network

_INPUTS = 3


def _answers(network: Network) -> list[tuple[bytes, ...]]:
    graph = network.main
    size = sum(graph.tensors[index].bytes for index in graph.inputs)
    generator = np.random.default_rng(7)
    return host.run(write_network(network), graph, [generator.bytes(size) for _ in range(_INPUTS)])


@pytest.mark.parametrize(
    ("run", "gone"),
    [
        (constants.fold, {"SHAPE", "STRIDED_SLICE", "PACK"}),
        (reshapes.drop, set()),
        (unused.drop, set()),
        (lambda graph: ends.close(unused.drop(graph)), set()),
    ],
    ids=["constants", "reshapes", "unused", "ends"],
)
def test_a_pass_changes_no_byte(run: Callable[[Graph], Graph], gone: set[str]) -> None:
    changed = 0
    for seed in range(40):
        network = random_network(seed)
        graph = run(network.main)
        changed += graph != network.main
        assert not gone & {node.op for node in graph.nodes}
        after = _answers(network.with_main(graph))
        own = len(network.main.outputs)
        assert [answer[:own] for answer in after] == _answers(network), seed
    assert changed > 10


@pytest.mark.parametrize("seed", range(12))
def test_weights_of_four_bits_compute_the_same_as_bytes(seed: int) -> None:
    network = network_of_halves(seed)
    graph = halves.unpack(network.main)
    assert {tensor.type for tensor in graph.tensors} == {"INT8", "INT32"}
    assert _answers(network.with_main(graph)) == _answers(network)
    kernel = network.main.nodes[0].inputs[1]
    short = network.main.with_tensor(kernel, data=b"x")
    with pytest.raises(AssetError, match="numbers of four bits"):
        halves.unpack(short)


def test_a_file_says_what_was_written() -> None:
    for seed in range(20):
        network = random_network(seed, variables=True)
        again = parse_network(write_network(network))
        assert again.main.nodes[0].op == network.main.nodes[0].op
        assert parse_network(write_network(again)) == again


def test_reshapes_that_do_nothing_are_gone() -> None:
    making = Making(1)
    source = making.activation((1, 6))
    middle = making.reshape(making.reshape(source, (1, 6)), (2, 3))
    last = making.dense(making.reshape(middle, (1, 6)))
    graph = unused.drop(reshapes.drop(making.network([source], last).main))
    assert [node.op for node in graph.nodes] == ["FULLY_CONNECTED"]
    assert graph.nodes[0].inputs[0] == graph.inputs[0]


def test_axes_of_a_reshape_that_is_gone_are_not_those_of_the_next() -> None:
    making = Making(3)
    source = making.activation((1, 1, 4, 3))
    flat = making.reshape(source, (1, 4, 3))
    apart = making.activation((1, 4, 1, 3), source)
    making.node("EXPAND_DIMS", [flat, making.integers(2)], [apart])
    back = making.activation((1, 4, 3), source)
    making.node("SQUEEZE", [apart], [back], "SqueezeOptions", squeeze_dims=(2,))
    network = making.network([source], making.added(back, flat))
    changed = network.with_main(unused.drop(reshapes.drop(network.main)))
    assert [node.op for node in changed.main.nodes] == ["RESHAPE", "RESHAPE", "ADD"]
    data = making.numbers.bytes(12)
    answers = [host.run(write_network(each), each.main, [data]) for each in (network, changed)]
    assert answers[0] == answers[1]


def test_a_reshape_that_makes_an_output_stays() -> None:
    making = Making(2)
    source = making.activation((1, 6))
    graph = making.network([source], making.reshape(source, (1, 6))).main
    assert reshapes.drop(graph) == graph


def test_an_idle_result_and_an_idle_input_become_outputs_behind_the_own() -> None:
    making = Making(3)
    source, idle = making.activation((1, 4)), making.activation((1, 4))
    halves = [making.activation((1, 2), source) for _ in range(2)]
    making.node("SPLIT", [making.integers(1), source], halves, "SplitOptions", num_splits=2)
    last = making.added(halves[1], halves[1])
    graph = ends.close(making.network([source, idle], last).main)
    assert graph.outputs == (last, idle, halves[0])


def test_borders_leave_the_int8_model_within() -> None:
    making = Making(4)
    source = making.add(Tensor("x", (1, 5), "FLOAT32"))
    inside = making.activation((1, 5))
    making.node("QUANTIZE", [source], [inside], "QuantizeOptions")
    last = making.dense(inside)
    shown = making.add(Tensor("y", making.shape(last), "FLOAT32"))
    making.node("DEQUANTIZE", [last], [shown], "DequantizeOptions")
    network = making.network([source], shown)
    stripped = network.with_main(unused.drop(borders.strip(network.main)))
    assert [node.op for node in stripped.main.nodes] == ["FULLY_CONNECTED"]
    quantization = making.tensors[inside].quantization
    output = making.tensors[last].quantization
    assert isinstance(quantization, Quantization) and isinstance(output, Quantization)
    values = np.random.default_rng(0).uniform(-1, 1, (20, 5)).astype(np.float32)
    scaled = values / np.float32(quantization.scales[0])
    rounded = np.sign(scaled) * np.floor(np.abs(scaled) + np.float32(0.5))
    stored = np.clip(rounded + quantization.zero_points[0], -128, 127).astype(np.int8)
    whole = host.run(write_network(network), network.main, [row.tobytes() for row in values])
    core = host.run(write_network(stripped), stripped.main, [row.tobytes() for row in stored])
    for (given,), (kept,) in zip(whole, core, strict=True):
        steps = np.frombuffer(kept, np.int8).astype(np.float32) - output.zero_points[0]
        assert (steps * np.float32(output.scales[0])).tobytes() == given


def test_sizes_that_were_left_open_follow_from_the_others() -> None:
    making = Making(6)
    source = making.activation((1, 2, 3))
    rows = making.reshape(source, (2, 3))
    output = making.dense(rows)
    making.tensors[output] = replace(making.tensors[output], shape=(2, making.shape(output)[1]))
    closed = making.network([source], output)
    opened = closed.main
    for index in (rows, output):
        width = opened.tensors[index].shape[1]
        opened = opened.with_tensor(index, shape=(1, width), shape_signature=(-1, width))
    settled = shapes.settle(opened)
    assert [tensor.shape for tensor in settled.tensors] == [t.shape for t in making.tensors]
    assert _answers(closed.with_main(settled)) == _answers(closed)


def test_a_size_that_the_model_states_is_not_settled_away() -> None:
    making = Making(7)
    source = making.activation((1, 2, 3))
    rows = making.reshape(source, (2, 3))
    graph = making.network([source], rows).main.with_tensor(
        rows, shape=(1, 3), shape_signature=(1, -1)
    )
    assert shapes.settle(graph) == graph
