"""What the closed division allows, and what it refuses by name."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.robustness.command import refused, tinysim
from tinysim.divisions import REFERENCES, Verdict, check_closed, find_reference
from tinysim.models.network import Graph, Network, Node, Quantization, Tensor
from tinysim.models.read import read_network
from tinysim.models.write import write_network

Change = Callable[[Graph], Graph]


@pytest.fixture
def judged(assets: Path, tmp_path: Path) -> Callable[[str, Change], Verdict]:
    def judge(name: str, change: Change) -> Verdict:
        network, _ = read_network(assets / "models" / REFERENCES[name].whole[0])
        path = tmp_path / "model.tflite"
        path.write_bytes(write_network(Network((change(network.main),), "")))
        return check_closed(path, find_reference(name))

    return judge


def weights_of(graph: Graph, number: int) -> tuple[int, Tensor, np.ndarray[Any, Any]]:
    index = graph.nodes[number].inputs[1]
    tensor = graph.tensors[index]
    assert tensor.data is not None
    return index, tensor, np.frombuffer(tensor.data, np.int8).reshape(tensor.shape).copy()


def with_weights(number: int, change: Callable[[np.ndarray[Any, Any]], None]) -> Change:
    def changed(graph: Graph) -> Graph:
        index, _, levels = weights_of(graph, number)
        change(levels)
        return graph.with_tensor(index, data=levels.tobytes())

    return changed


def with_option(number: int, **options: Any) -> Change:
    def changed(graph: Graph) -> Graph:
        nodes = list(graph.nodes)
        nodes[number] = replace(nodes[number], options={**nodes[number].options, **options})
        return replace(graph, nodes=tuple(nodes))

    return changed


def requantized(scales: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]) -> Change:
    """The weights of the second convolution of kws, rounded anew to a grid of these scales."""

    def changed(graph: Graph) -> Graph:
        index, tensor, levels = weights_of(graph, 2)
        assert tensor.quantization is not None
        before = np.array(tensor.quantization.scales)
        after = np.broadcast_to(scales(before), before.shape)
        real = levels * before.reshape(-1, 1, 1, 1)
        steps = np.clip(np.round(real / after.reshape(-1, 1, 1, 1)), -127, 127)
        unique = tuple(map(float, after)) if np.ptp(after) else (float(after[0]),)
        scheme = Quantization(unique, (0,) * len(unique), 0)
        graph = graph.with_tensor(index, quantization=scheme, data=steps.astype(np.int8).tobytes())
        # The bias has its own grid, which is the weights' times the input's.
        node = graph.nodes[2]
        source, bias = graph.tensors[node.inputs[0]], graph.tensors[node.inputs[2]]
        assert source.quantization and bias.quantization and bias.data
        real = np.frombuffer(bias.data, np.int32) * np.array(bias.quantization.scales)
        finer = after * source.quantization.scales[0]
        return graph.with_tensor(
            node.inputs[2],
            quantization=Quantization(tuple(map(float, finer)), (0,) * len(finer), 0),
            data=np.round(real / finer).astype(np.int32).tobytes(),
        )

    return changed


@pytest.mark.parametrize("name", REFERENCES)
def test_the_official_models_pass(name: str, assets: Path) -> None:
    path = assets / "models" / REFERENCES[name].whole[0]
    ran = tinysim("check", str(path), "--division", "closed", "--as", name, "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["passed"], found["deviations"]) == (0, True, [])
    operations = read_network(path)[0].main.nodes
    assert found["layers"] == sum(node.op != "RESHAPE" for node in operations)


def two_steps(levels: np.ndarray[Any, Any]) -> None:
    levels[5, 0, 0, 12] += 2 if levels[5, 0, 0, 12] < 0 else -2


def one_step(levels: np.ndarray[Any, Any]) -> None:
    levels[5, 0, 0, 12] += 1 if levels[5, 0, 0, 12] < 0 else -1


def no_channel(levels: np.ndarray[Any, Any]) -> None:
    levels[7] = 0


def retrained(levels: np.ndarray[Any, Any]) -> None:
    levels[:] = np.clip(levels + np.random.default_rng(0).integers(-9, 10, levels.shape), -127, 127)


def one_scale_for_all(graph: Graph) -> Graph:
    index, tensor, _ = weights_of(graph, 2)
    assert tensor.quantization is not None
    scheme = Quantization((max(tensor.quantization.scales),), (0,))
    return graph.with_tensor(index, quantization=scheme)


def coarse_and_empty(graph: Graph) -> Graph:
    """A grid so wide that every weight is rounded to zero."""
    return requantized(lambda scales: scales * 1000)(graph)


def no_number(graph: Graph) -> Graph:
    """A scale that is infinite, as what it allows would be."""
    index, tensor, _ = weights_of(graph, 2)
    assert tensor.quantization is not None
    scales = (float("inf"), *tensor.quantization.scales[1:])
    return graph.with_tensor(index, quantization=replace(tensor.quantization, scales=scales))


CASES: list[tuple[str, Change, str, str]] = [
    ("kws", with_weights(2, two_steps), "operation 2, CONV_2D", r"weight \[5, 0, 0, 12\]"),
    ("kws", with_weights(2, one_step), "operation 2, CONV_2D", r"weight \[5, 0, 0, 12\]"),
    ("kws", with_weights(4, no_channel), "operation 4, CONV_2D", r"weight \[7, "),
    ("kws", with_weights(11, retrained), "operation 11, FULLY_CONNECTED", "weight"),
    ("kws", one_scale_for_all, "operation 2, CONV_2D", "weight"),
    ("kws", coarse_and_empty, "operation 2, CONV_2D", "weight"),
    ("kws", requantized(lambda scales: scales / 2), "operation 2, CONV_2D", "weight"),  # clipped
    ("ic", with_weights(9, retrained), "operation 9, CONV_2D", "weight"),
    ("ad", with_weights(0, retrained), "operation 0, FULLY_CONNECTED", "weight"),
]


@pytest.mark.parametrize(("name", "change", "layer", "what"), CASES)
def test_other_weights_are_refused_by_layer(
    name: str,
    change: Change,
    layer: str,
    what: str,
    judged: Callable[[str, Change], Verdict],
) -> None:
    verdict = judged(name, change)
    assert not verdict.passed
    worst = verdict.deviations[0]
    assert worst.layer == layer
    assert re.match(what, worst.what)
    assert worst.largest > worst.allowed
    assert {deviation.layer for deviation in verdict.deviations} == {layer}


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("kws", with_option(3, fused_activation_function=3), "operation 3.*activation relu6"),
        ("kws", with_option(8, fused_activation_function=0), "operation 8.*activation none"),
        ("kws", with_option(0, stride_h=1), "operation 0, CONV_2D: (padding|stride)"),
        ("kws", with_option(12, beta=2.0), "operation 12, SOFTMAX: beta 2.0"),
    ],
)
def test_another_graph_is_refused_by_operation(
    name: str, change: Change, said: str, judged: Callable[[str, Change], Verdict]
) -> None:
    verdict = judged(name, change)
    (deviation,) = verdict.deviations
    assert re.match(said, deviation.what), deviation


def _turned(graph: Graph) -> Graph:
    nodes = tuple(
        replace(node, inputs=node.inputs[::-1]) if node.op == "ADD" else node
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)


def _unfused(graph: Graph) -> Graph:
    """The first convolution's padding and activation as operations of their own."""
    first = graph.nodes[0]
    source, output = graph.tensors[first.inputs[0]], graph.tensors[first.outputs[0]]
    amounts = np.array([[0, 0], [4, 5], [1, 1], [0, 0]], np.int32)
    tensors = (
        *graph.tensors,
        Tensor("amounts", (4, 2), "INT32", data=amounts.tobytes()),
        replace(source, name="padded", shape=(1, 58, 12, 1)),
        replace(output, name="before"),
    )
    count = len(graph.tensors)
    pad = Node("PAD", (first.inputs[0], count), (count + 1,), {}, "PadOptions")
    plain = replace(
        first,
        inputs=(count + 1, *first.inputs[1:]),
        outputs=(count + 2,),
        options={**first.options, "padding": 1, "fused_activation_function": 0},
    )
    relu = Node("RELU", (count + 2,), first.outputs)
    return replace(graph, tensors=tensors, nodes=(pad, plain, relu, *graph.nodes[1:]))


def _without_reshape(graph: Graph) -> Graph:
    reshape = next(node for node in graph.nodes if node.op == "RESHAPE")
    nodes = tuple(
        replace(
            node,
            inputs=tuple(
                reshape.inputs[0] if index == reshape.outputs[0] else index for index in node.inputs
            ),
        )
        for node in graph.nodes
        if node is not reshape
    )
    return replace(graph, nodes=nodes)


def _power_of_two(scales: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.exp2(np.ceil(np.log2(scales)))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ic", _turned),
        ("kws", _unfused),
        ("kws", _without_reshape),
        ("kws", requantized(_power_of_two)),
        ("kws", requantized(lambda scales: scales.max())),
        ("kws", requantized(lambda scales: scales * 1.01)),
    ],
)
def test_what_the_rules_allow_passes(
    name: str, change: Change, judged: Callable[[str, Change], Verdict]
) -> None:
    verdict = judged(name, change)
    assert verdict.passed, verdict.deviations


def test_a_scale_that_is_none_is_refused(judged: Callable[[str, Change], Verdict]) -> None:
    verdict = judged("kws", no_number)
    assert "has a scale that is none" in verdict.deviations[0].what


def test_another_benchmarks_model_is_refused(assets: Path) -> None:
    path = assets / "models" / REFERENCES["ic"].whole[0]
    ran = tinysim("check", str(path), "--division", "closed", "--as", "ic2")
    assert ran.code == 1
    assert "weights of 10x1x1x64 where the reference has 10x1x1x160" in ran.err


def test_the_open_division_takes_what_takes_the_official_inputs(
    assets: Path, tmp_path: Path
) -> None:
    path = assets / "models" / REFERENCES["kws"].whole[0]
    assert tinysim("check", str(path), "--division", "open", "--as", "kws").code == 0
    refused(
        tinysim("check", str(path), "--division", "open", "--as", "ic"), r"int8 \[1, 49, 10, 1\]"
    )
    network, _ = read_network(path)
    graph = network.main.with_tensor(
        network.main.inputs[0], quantization=Quantization((0.5,), (0,))
    )
    other = tmp_path / "other.tflite"
    other.write_bytes(write_network(network.with_main(graph)))
    ran = tinysim("check", str(other), "--division", "open", "--as", "kws")
    refused(ran, "its input has scale 0.5 and zero point 0; the official inputs have 0.584702")
    ran = tinysim("run", "kws", "--model", str(other), "--limit", "1")
    assert ran.code == 0
    assert "other.tflite: its input has scale 0.5 and zero point 0; the official inputs" in ran.err
    assert "official inputs" not in tinysim("run", "kws", "--limit", "1").err
    refused(tinysim("check", str(path), "--division", "open"), "--division and --as go together")


def test_a_twin_is_no_reference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TINYSIM_ASSETS", str(tmp_path))
    monkeypatch.setenv("TINYSIM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / REFERENCES["kws"].whole[0]
    model.write_bytes(b"TFL3")
    ran = tinysim("check", str(model), "--division", "closed", "--as", "kws")
    refused(ran, "not the official file of that name")
    model.unlink()
    ran = tinysim("check", str(model), "--division", "closed", "--as", "kws")
    refused(ran, "needed to compare with")
