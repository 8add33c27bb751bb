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
    substitutes,
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


def _written_anew(network: Network) -> tuple[list[str], list[np.ndarray]]:  # type: ignore[type-arg]
    """The operations after the pass, and inputs and outputs on the host."""
    changed = network.with_main(substitutes.substitute(network.main))
    graph = changed.main
    (source,), (output,) = graph.inputs, graph.outputs
    data = np.random.default_rng(3).integers(-128, 128, graph.tensors[source].shape, np.int8)
    ((answer,),) = host.run(write_network(changed), graph, [data.tobytes()])
    shape = graph.tensors[output].shape
    return [node.op for node in graph.nodes], [data, np.frombuffer(answer, np.int8).reshape(shape)]


@pytest.mark.parametrize("times", [(1, 2, 1), (2, 1, 3), (1, 1, 1)])
def test_tiles_are_joined(times: tuple[int, ...]) -> None:
    making = Making(1)
    source = making.activation((1, 3, 2))
    shape = tuple(size * factor for size, factor in zip((1, 3, 2), times, strict=True))
    output = making.activation(shape, source)
    making.node("TILE", [source, making.integers(list(times))], [output], "TileOptions")
    operations, (given, answer) = _written_anew(making.network([source], output))
    assert set(operations) == {"CONCATENATION"}
    assert np.array_equal(answer, np.tile(given, times))


def test_a_ramp_to_one_is_cut_off_below_and_above() -> None:
    making = Making(2)
    source = making.add(Tensor("x", (1, 99), "INT8", Quantization((0.03,), (-5,))))
    output = making.activation((1, 99), source)
    making.node("RELU_0_TO_1", [source], [output])
    operations, (given, answer) = _written_anew(making.network([source], output))
    assert operations == ["MAXIMUM", "MINIMUM"]
    assert np.array_equal(answer, given.clip(-5, -5 + round(1 / 0.03)))


@pytest.mark.parametrize(("activation", "name"), [(1, "RELU"), (3, "RELU6")])
def test_an_activation_moves_behind_a_transposed_convolution(activation: int, name: str) -> None:
    making = Making(3)
    source = making.activation((1, 3, 3, 2))
    weights = making.numbers.integers(-127, 128, (4, 2, 2, 2), dtype=np.int8)
    kernel = making.add(
        Tensor("w", weights.shape, "INT8", Quantization((0.01,), (0,)), weights.tobytes())
    )
    output = making.activation((1, 6, 6, 4))
    options = {"padding": 0, "stride_h": 2, "stride_w": 2, "fused_activation_function": activation}
    inputs = [making.integers([1, 6, 6, 4]), kernel, source]
    making.node("TRANSPOSE_CONV", inputs, [output], "TransposeConvOptions", **options)
    network = making.network([source], output)
    moved = network.with_main(substitutes.substitute(network.main))
    assert [node.op for node in moved.main.nodes] == ["TRANSPOSE_CONV", name]
    assert _answers(moved) == _answers(network)


def test_what_goes_into_a_batch_is_padded_before() -> None:
    making = Making(4)
    source = making.add(Tensor("x", (1, 3, 2, 1), "INT8", Quantization((0.1,), (-7,))))
    output = making.activation((4, 2, 2, 1), source)
    paddings = making.add(Tensor("p", (2, 2), "INT32", data=np.int32([1, 0, 1, 1]).tobytes()))
    table = "SpaceToBatchNDOptions"
    making.node("SPACE_TO_BATCH_ND", [source, making.integers([2, 2]), paddings], [output], table)
    operations, (given, answer) = _written_anew(making.network([source], output))
    assert operations == ["PAD", "SPACE_TO_BATCH_ND"]
    padded = np.pad(given[0, :, :, 0], ((1, 0), (1, 1)), constant_values=-7)
    images = [padded[i::2, j::2] for i in (0, 1) for j in (0, 1)]
    assert np.array_equal(answer[..., 0], np.stack(images))
