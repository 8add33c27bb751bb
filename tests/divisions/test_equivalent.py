"""Transformations that keep what a model computes pass; what only looks like one does not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinysim.divisions import REFERENCES, Reference, Verdict, check_closed
from tinysim.models import host
from tinysim.models.network import Graph, Network, Node, Quantization, Tensor
from tinysim.models.read import read_network
from tinysim.models.write import write_network

Judge = Callable[[Graph, Graph], Verdict]
_POINTWISE, _DEPTHWISE, _NEXT = 2, 3, 4
"""Operations of kws that follow each other."""


@pytest.fixture
def kws(assets: Path) -> Graph:
    return read_network(assets / "models" / REFERENCES["kws"].whole[0])[0].main


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """The verdict on a graph with another one as the reference."""

    def judged(graph: Graph, reference: Graph) -> Verdict:
        paths = tmp_path / "model.tflite", tmp_path / "reference.tflite"
        for path, content in zip(paths, (graph, reference), strict=True):
            path.write_bytes(write_network(Network((content,), "")))
        return check_closed(paths[0], Reference("kws", paths[1], is_float=False))

    return judged


def answers(graph: Graph) -> list[tuple[bytes, ...]]:
    inputs = np.random.default_rng(0).integers(-128, 128, (40, 490), dtype=np.int8)
    content = write_network(Network((graph,), ""))
    return host.run(content, graph, [row.tobytes() for row in inputs])


def constant(graph: Graph, index: int, kind: Any) -> Any:
    tensor = graph.tensors[index]
    assert tensor.data is not None
    return np.frombuffer(tensor.data, kind).reshape(tensor.shape).copy()


def changed(graph: Graph, number: int, change: Callable[[Any, Any], None]) -> Graph:
    """With other weights and biases of an operation."""
    _, weights, bias = graph.nodes[number].inputs
    levels, sums = constant(graph, weights, np.int8), constant(graph, bias, np.int32)
    change(levels, sums)
    return graph.with_tensor(weights, data=levels.tobytes()).with_tensor(bias, data=sums.tobytes())


def cut(graph: Graph, index: int, kind: Any, axis: int, gone: Sequence[int]) -> Graph:
    """A tensor without some places along an axis."""
    tensor = graph.tensors[index]
    shape = list(tensor.shape)
    shape[axis] -= len(gone)
    scheme, data = tensor.quantization, None
    if tensor.data is not None:
        data = np.delete(constant(graph, index, kind), gone, axis).tobytes()
    if scheme and len(scheme.scales) > 1 and scheme.axis == axis % len(tensor.shape):
        scales = tuple(np.delete(scheme.scales, gone))
        scheme = replace(scheme, scales=scales, zero_points=(0,) * len(scales))
    return graph.with_tensor(index, shape=tuple(shape), data=data, quantization=scheme)


def without(graph: Graph, gone: Sequence[int]) -> Graph:
    """Without channels of the pointwise convolution and of the depthwise one that reads it."""
    for number, axis in ((_POINTWISE, 0), (_DEPTHWISE, 3)):
        node = graph.nodes[number]
        graph = cut(graph, node.inputs[1], np.int8, axis, gone)
        graph = cut(graph, node.inputs[2], np.int32, 0, gone)
        graph = cut(graph, node.outputs[0], np.int8, 3, gone)
    return cut(graph, graph.nodes[_NEXT].inputs[1], np.int8, 3, gone)


def silent(channels: Sequence[int]) -> Callable[[Any, Any], None]:
    """No weight, and a bias that ReLU makes zero."""

    def change(levels: Any, bias: Any) -> None:
        levels[channels] = 0
        bias[channels] = -7

    return change


def still(channels: Sequence[int], value: int) -> Callable[[Any, Any], None]:
    """A depthwise convolution that says the same whatever it reads."""

    def change(levels: Any, bias: Any) -> None:
        levels[..., channels] = 0
        bias[channels] = value

    return change


def absorbed(graph: Graph, reference: Graph, channel: int, value: int) -> Graph:
    """What a constant channel adds, in the bias of its reader: as whole numbers, exactly."""
    node, reader = reference.nodes[_DEPTHWISE], reference.nodes[_NEXT]
    output = reference.tensors[node.outputs[0]].quantization
    bias = reference.tensors[node.inputs[2]].quantization
    assert output and bias
    step = round(value * bias.scales[channel] / output.scales[0])
    levels = constant(reference, reader.inputs[1], np.int8)[:, 0, 0, channel].astype(np.int32)

    def change(_: Any, sums: Any) -> None:
        sums += levels * step

    return changed(graph, _NEXT, change)


@pytest.mark.parametrize("gone", [[0], [17], [3, 4, 60], [63]])
def test_channels_without_weights_may_go(gone: list[int], kws: Graph, judge: Judge) -> None:
    reference = changed(kws, _POINTWISE, silent([*gone, 30]))
    reference = changed(reference, _DEPTHWISE, still(gone, -5))
    smaller = without(reference, gone)
    assert answers(smaller) == answers(reference)
    verdict = judge(smaller, reference)
    assert verdict.passed, verdict.deviations
    assert judge(reference, reference).passed


def test_a_constant_goes_into_the_bias(kws: Graph, judge: Judge) -> None:
    """What is removed says 3000 steps of its bias, whatever it reads."""
    reference = changed(kws, _POINTWISE, silent([9]))
    reference = changed(reference, _DEPTHWISE, still([9], 3000))
    smaller = absorbed(without(reference, [9]), reference, 9, 3000)
    assert answers(smaller) == answers(reference)
    verdict = judge(smaller, reference)
    assert verdict.passed, verdict.deviations
    verdict = judge(without(reference, [9]), reference)
    assert {deviation.layer for deviation in verdict.deviations} == {"operation 4, CONV_2D"}
    assert all(deviation.what.startswith("bias") for deviation in verdict.deviations)


def test_a_channel_that_nobody_reads_may_go(kws: Graph, judge: Judge) -> None:
    def unread(levels: Any, _: Any) -> None:
        levels[..., 21] = 0

    reference = changed(kws, _NEXT, unread)
    smaller = without(reference, [21])
    assert answers(smaller) == answers(reference)
    verdict = judge(smaller, reference)
    assert verdict.passed, verdict.deviations


def test_a_channel_that_does_something_may_not_go(kws: Graph, judge: Judge) -> None:
    for graph, reference in (
        (without(kws, [5]), kws),
        # Without weights, but not without an effect: its bias is above zero, and zeros are around.
        (
            without(
                changed(kws, _POINTWISE, lambda w, b: (w.__setitem__(5, 0), b.__setitem__(5, 900))),
                [5],
            ),
            changed(kws, _POINTWISE, lambda w, b: (w.__setitem__(5, 0), b.__setitem__(5, 900))),
        ),
        # One channel is idle and another one is missing.
        (
            without(changed(kws, _POINTWISE, silent([5])), [6]),
            changed(kws, _POINTWISE, silent([5])),
        ),
    ):
        verdict = judge(graph, reference)
        assert not verdict.passed
        assert "operation" in verdict.deviations[0].layer + verdict.deviations[0].what


def normalized(graph: Graph, factors: Any, terms: Any, *, swapped: bool = False) -> Graph:
    """The pointwise convolution's weights and biases divided by `factors` and less `terms`, which
    two operations put back: a batch normalization that was not folded.
    """
    node = graph.nodes[_POINTWISE]
    source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
    weights, bias = (graph.tensors[index] for index in node.inputs[1:])
    assert source.quantization and weights.quantization and bias.quantization and bias.data
    real = np.frombuffer(bias.data, np.int32) * np.array(bias.quantization.scales)
    scales = np.array(weights.quantization.scales) / factors
    finer = scales * source.quantization.scales[0]
    sums = np.round((real - terms) / factors / finer).astype(np.int32)
    count, zeros = len(graph.tensors), (0,) * len(scales)
    graph = graph.with_tensor(
        node.inputs[1], quantization=Quantization(tuple(scales), zeros, 0)
    ).with_tensor(
        node.inputs[2],
        data=sums.tobytes(),
        quantization=Quantization(tuple(finer), zeros, 0),
    )
    shape = (1, 1, 1, len(scales)) if swapped else (len(scales),)
    between = replace(output, name="between")
    tensors = (
        *graph.tensors,
        Tensor("factors", shape, "FLOAT32", data=factors.astype("<f4").tobytes()),
        Tensor("terms", shape, "FLOAT32", data=terms.astype("<f4").tobytes()),
        between,
        replace(between, name="scaled"),
    )
    plain = replace(
        node, outputs=(count + 2,), options={**node.options, "fused_activation_function": 0}
    )
    pairs = [(count + 2, count), (count + 3, count + 1)]
    pairs = [pair[::-1] for pair in pairs] if swapped else pairs
    product = Node("MUL", pairs[0], (count + 3,), {"fused_activation_function": 0}, "MulOptions")
    total = Node("ADD", pairs[1], node.outputs, {"fused_activation_function": 1}, "AddOptions")
    nodes = list(graph.nodes)
    nodes[_POINTWISE : _POINTWISE + 1] = [plain, product, total]
    return replace(graph, tensors=tensors, nodes=tuple(nodes))


@pytest.mark.parametrize("swapped", [False, True])
def test_a_batch_normalization_of_its_own_is_folded(
    swapped: bool, kws: Graph, judge: Judge
) -> None:
    random = np.random.default_rng(1)
    factors, terms = random.uniform(0.3, 3, 64), random.normal(0, 0.5, 64)
    verdict = judge(normalized(kws, factors, terms, swapped=swapped), kws)
    assert verdict.passed, verdict.deviations
    wrong = terms.copy()
    wrong[11] += 0.01
    graph = normalized(kws, factors, terms, swapped=swapped)
    index = next(i for i, tensor in enumerate(graph.tensors) if tensor.name == "terms")
    verdict = judge(graph.with_tensor(index, data=wrong.astype("<f4").tobytes()), kws)
    assert [d.layer for d in verdict.deviations] == ["operation 2, CONV_2D"]
    assert verdict.deviations[0].what.startswith("bias [11]")
    index = next(i for i, tensor in enumerate(graph.tensors) if tensor.name == "factors")
    factors[3] *= 1.1
    verdict = judge(graph.with_tensor(index, data=factors.astype("<f4").tobytes()), kws)
    assert any(d.what.startswith("weight [3, ") for d in verdict.deviations)


def test_a_coarse_factor_excuses_nothing(kws: Graph, judge: Judge) -> None:
    """Factors on a grid so wide that it would allow any weight."""
    graph = normalized(kws, np.ones(64), np.zeros(64))
    index = next(i for i, tensor in enumerate(graph.tensors) if tensor.name == "factors")
    graph = graph.with_tensor(
        index,
        type="INT8",
        data=bytes(64),
        quantization=Quantization((1000.0,), (0,)),
    )
    assert not judge(graph, kws).passed
