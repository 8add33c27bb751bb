"""What is said of a model before anything is built."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.acceptance.test_cli import tinysim
from tests.models.networks import Making, random_network
from tinysim.benchmarks import BENCHMARKS
from tinysim.errors import AssetError
from tinysim.firmware_sources import sources
from tinysim.models.belongs import require_belongs
from tinysim.models.check import check_model, require_runnable
from tinysim.models.network import Network, Node, Quantization, Tensor
from tinysim.models.plan import make_plan
from tinysim.models.prepare import prepare
from tinysim.models.read import parse_network
from tinysim.models.rules import RULES
from tinysim.models.support import kernels
from tinysim.models.twin import write_twin
from tinysim.models.write import write_network
from tinysim.variant import RESOLVER

_FLASH, _RAM = 2 << 20, 640 << 10


def _written(path: Path, network: Network) -> Path:
    path.write_bytes(write_network(network))
    return path


def _dynamic_range(seed: int) -> Network:
    """Float activations, int8 weights: what the converter makes without samples."""
    making = Making(seed)
    source = making.activation((1, 6), kind="FLOAT32")
    last = making.dense(source)
    floats = {source, last}
    tensors = tuple(
        replace(tensor, type="FLOAT32", quantization=None) if index in floats else tensor
        for index, tensor in enumerate(making.tensors)
    )
    network = making.network([source], last)
    return network.with_main(replace(network.main, tensors=tensors))


def _by_channel(seed: int) -> Network:
    """FULLY_CONNECTED with a scale for each channel."""
    making = Making(seed)
    source = making.activation((1, 6))
    return making.network([source], making.dense(source))


def test_every_operation_of_the_table_has_a_rule() -> None:
    assert not set(kernels()) - set(RULES)


def test_a_dynamic_range_model_is_told_how_to_be_quantized(tmp_path: Path) -> None:
    path = _written(tmp_path / "my model.tflite", _dynamic_range(1))
    run = tinysim("check", str(path))
    assert run.returncode == 2
    (line,) = run.stderr.splitlines()
    assert "dynamic range" in line
    command = "tinysim quantize MODEL.keras --calibration INPUTS.npy -o "
    assert f"{command}'{tmp_path}/my model_int8.tflite'" in line
    assert not run.stdout


def test_json_says_all_there_is_to_know(tmp_path: Path) -> None:
    path = _written(tmp_path / "m.tflite", random_network(2))
    run = tinysim("check", str(path), "--json")
    found = json.loads(run.stdout)
    assert run.returncode == 0
    assert found["runs"]
    assert found["sha256"] != found["flashed_sha256"]
    assert {"operation", "version", "type", "kernel", "problem"} <= set(found["operations"][0])
    assert 0 < found["estimate"]["ram"] < found["estimate"]["ram_available"]


def test_an_operation_without_a_kernel_is_named(tmp_path: Path) -> None:
    making = Making(1)
    source = making.activation((1, 4))
    output = making.activation((1, 4))
    making.node("WHERE", [source], [output])
    path = _written(tmp_path / "m.tflite", making.network([source], output))
    with pytest.raises(AssetError, match="operation 0, WHERE version 1 of int8: has no kernel"):
        require_runnable(prepare(path), _FLASH, _RAM)


@pytest.mark.parametrize(
    ("op", "code", "kind", "said"),
    [
        ("ATAN2", "", "FLOAT32", r"has no kernel \(it makes 'a\\nb'\)$"),
        ("CUSTOM", "Mine", "FLOAT32", "custom Mine .*: cut the model before it"),
        ("CUSTOM", "FlexErf", "FLOAT32", "convert it without SELECT_TF_OPS"),
        ("IF", "", "BOOL", "a branch is taken whose condition is known beforehand"),
        ("ROUND", "", "INT8", r"has kernels for float32 \(it"),
        ("NEG", "", "COMPLEX64", "'x' is COMPLEX64, which no kernel takes"),
    ],
)
def test_a_refusal_says_what_and_where(
    tmp_path: Path, op: str, code: str, kind: str, said: str
) -> None:
    making = Making(1)
    scale = Quantization((0.1,), (0,)) if kind == "INT8" else None
    inner = making.add(Tensor("x", (1, 4), kind, scale))
    output = making.add(Tensor("a\nb;c", (1, 4), "FLOAT32"))
    source = making.add(Tensor("in", (1, 4), "FLOAT32"))
    making.node("CAST", [source], [inner], "CastOptions")
    making.nodes.append(Node(op, (inner,), (output,), custom_code=code))
    path = _written(tmp_path / "m.tflite", making.network([source], output))
    with pytest.raises(AssetError, match=said) as refusal:
        require_runnable(prepare(path), _FLASH, _RAM)
    assert "int8 may run" not in str(refusal.value)


def test_int8_is_offered_where_there_are_kernels_for_it(tmp_path: Path) -> None:
    network = _convolution("DEPTHWISE_CONV_2D", (1, 8, 8, 4), (1, 3, 3, 4))
    node = network.main.nodes[0]
    options = {**node.options, "dilation_h_factor": 2}
    tensors = tuple(
        replace(
            tensor,
            type="FLOAT32",
            quantization=None,
            data=tensor.data and bytes(4 * tensor.elements),
        )
        for tensor in network.main.tensors
    )
    graph = replace(network.main, tensors=tensors, nodes=(replace(node, options=options),))
    path = _written(tmp_path / "m.tflite", network.with_main(graph))
    with pytest.raises(
        AssetError, match=r"dilation_h_factor is 2.*; int8 may run: tinysim quantize"
    ):
        require_runnable(prepare(path), _FLASH, _RAM)


def test_what_nothing_names_may_be_anything(tmp_path: Path) -> None:
    making = Making(1)
    source, last = making.activation((1, 4)), making.activation((1, 4))
    making.node("RELU", [source], [last])
    making.add(Tensor("idle", (-1, 3), "STRING"))
    require_runnable(
        prepare(_written(tmp_path / "m.tflite", making.network([source], last))), _FLASH, _RAM
    )


def test_a_constant_may_have_no_elements(tmp_path: Path) -> None:
    """As the shape of a single number."""
    making = Making(1)
    source = making.add(Tensor("x", (1, 1), "FLOAT32"))
    shape = making.add(Tensor("shape", (0,), "INT32", data=b""))
    single, last = (making.add(Tensor(name, (), "FLOAT32")) for name in "sy")
    making.node("RESHAPE", [source, shape], [single])
    making.node("NEG", [single], [last])
    require_runnable(
        prepare(_written(tmp_path / "m.tflite", making.network([source], last))), _FLASH, _RAM
    )


def test_names_may_be_in_another_encoding(tmp_path: Path) -> None:
    making = Making(1)
    source = making.add(Tensor("größe", (1, 4), "FLOAT32"))
    last = making.add(Tensor("y", (1, 4), "FLOAT32"))
    making.node("NEG", [source], [last])
    path = _written(tmp_path / "m.tflite", making.network([source], last))
    content = path.read_bytes().replace("größe".encode(), b"gr\xf6\xdfe\0\0")
    path.write_bytes(content)
    prepared = prepare(path)
    assert prepared.network.main.tensors[0].name.startswith("gr\\xf6\\xdfe")


def test_a_model_too_large_says_by_how_much_and_where(tmp_path: Path) -> None:
    making = Making(1)
    source = making.activation((1, 1000, 400))
    last = making.added(source, source)
    path = _written(tmp_path / "m.tflite", making.network([source], last))
    with pytest.raises(AssetError, match=r"548,736 too many\. The peak is operation 0, ADD"):
        require_runnable(prepare(path), _FLASH, _RAM)


def _convolution(op: str, shape: tuple[int, ...], kernel: tuple[int, ...]) -> Network:
    making = Making(1)
    source = making.activation(shape)
    weights = making.numbers.integers(-127, 128, kernel, dtype=np.int8)
    constant = making.add(
        Tensor("w", weights.shape, "INT8", Quantization((0.01,), (0,)), weights.tobytes())
    )
    channels = kernel[-1]
    bias = making.add(
        Tensor("b", (channels,), "INT32", Quantization((0.001,), (0,)), bytes(4 * channels))
    )
    output = making.activation((*shape[:-1], channels))
    options = {f"stride_{axis}": 1 for axis in "hw"}
    options |= {f"dilation_{axis}_factor": 1 for axis in "hw"}
    table = "Conv2DOptions"
    if op == "DEPTHWISE_CONV_2D":
        table = "DepthwiseConv2DOptions"
        options["depth_multiplier"] = 1
    making.node(op, [source, constant, bias], [output], table, **options)
    return making.network([source], output)


def test_weights_that_are_kept_in_ram_count_before_anything_is_built(tmp_path: Path) -> None:
    """Each of the two fits; both do not."""
    network = _convolution("DEPTHWISE_CONV_2D", (1, 16, 22, 600), (1, 5, 5, 600))
    prepared = prepare(_written(tmp_path / "m.tflite", network))
    assert make_plan(prepared.lowered.graph).bytes < _RAM
    with pytest.raises(AssetError, match=r"too many\. The peak is operation 0, DEPTHWISE_CONV_2D"):
        require_runnable(prepared, _FLASH, _RAM)
    require_runnable(prepared, _FLASH, _RAM, "reference")


def test_weights_that_kernels_can_read_in_flash_do_not(tmp_path: Path) -> None:
    network = _convolution("CONV_2D", (1, 16, 16, 600), (600, 1, 1, 600))
    require_runnable(prepare(_written(tmp_path / "m.tflite", network)), _FLASH, _RAM)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_plain_variant_takes_the_benchmarks_models(name: str, tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(write_twin(name))
    require_runnable(prepare(path, int8_ends=True), _FLASH, _RAM, "reference")


def test_the_plain_variant_is_refused_what_it_has_not(tmp_path: Path) -> None:
    path = _written(tmp_path / "m.tflite", _by_channel(3))
    run = tinysim("check", str(path), "--variant", "reference")
    assert run.returncode == 2
    assert "one scale for input 1" in run.stderr
    assert tinysim("check", str(path)).returncode == 0


def test_the_plain_variants_table_is_what_its_firmware_registers() -> None:
    text = (sources() / "tflm" / "resolver_reference.cpp").read_text()
    calls = re.findall(r"BuiltinOperator_([A-Z0-9_]+),[^;]*?(\d+), *(\d+)\);", text)
    registered = {name: (int(first), int(last)) for name, first, last in calls}
    assert registered == {
        name: (row.first_version, row.last_version) for name, (row,) in kernels("reference").items()
    }


def test_todays_tflm_is_asked_for_its_operations(tmp_path: Path) -> None:
    header = tmp_path / "tflm" / RESOLVER
    header.parent.mkdir(parents=True)
    header.write_text("return AddBuiltin(BuiltinOperator_ADD, registration, ParseAdd);")
    path = _written(tmp_path / "m.tflite", _by_channel(3))
    run = tinysim("check", str(path), "--tflm", str(tmp_path / "tflm"))
    assert "FULLY_CONNECTED version 4 of int8: has no kernel" in run.stderr
    run = tinysim("check", str(path), "--tflm", str(tmp_path))
    assert run.returncode == 2
    assert "no checkout of today's TensorFlow" in run.stderr


def test_the_plan_lets_no_two_living_tensors_overlap() -> None:
    for seed in range(30):
        plan = make_plan(random_network(seed).main)
        parts = plan.allocations
        for number, one in enumerate(parts):
            for other in parts[number + 1 :]:
                together = one.first <= other.last and other.first <= one.last
                apart = (
                    one.offset + one.bytes <= other.offset
                    or other.offset + other.bytes <= one.offset
                )
                assert not together or apart
        assert plan.bytes >= plan.peak_bytes


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_model_belongs_to_the_benchmarks_of_its_own_data_set_alone(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(write_twin(name))
    prepared = prepare(path, int8_ends=True)
    for benchmark in BENCHMARKS.values():
        if benchmark.data_id == BENCHMARKS[name].data_id:
            require_belongs(prepared, benchmark)
            continue
        with pytest.raises(AssetError, match=f"not a model for {benchmark.name}: its input is"):
            require_belongs(prepared, benchmark)


def test_a_reference_model_is_flashed_as_it_is(tmp_path: Path) -> None:
    for name in BENCHMARKS:
        path = tmp_path / f"{name}.tflite"
        path.write_bytes(write_twin(name))
        assert prepare(path, int8_ends=True).flashed == write_twin(name)


def test_another_number_of_classes_is_no_model_for_the_benchmark(tmp_path: Path) -> None:
    network = parse_network(write_twin("vww"))
    graph = network.main
    last = graph.nodes[-1]
    shorter = replace(graph, nodes=graph.nodes[:-1], outputs=last.inputs[:1])
    path = _written(tmp_path / "m.tflite", network.with_main(shorter))
    require_belongs(prepare(path, int8_ends=True), BENCHMARKS["vww"])
    with pytest.raises(AssetError, match="its output is"):
        require_belongs(prepare(path, int8_ends=True), BENCHMARKS["kws"])


def test_a_check_names_what_the_host_will_do(tmp_path: Path) -> None:
    making = Making(5)
    source = making.activation((1, 2, 3))
    last = making.dense(making.computed_reshape(source))
    path = _written(tmp_path / "m.tflite", making.network([source], last))
    _, found = check_model(path, _FLASH, _RAM)
    assert found.passes == ("constants", "unused", "ends")
    assert [finding.operation for finding in found.findings] == ["RESHAPE", "FULLY_CONNECTED"]


def test_scales_along_another_axis_are_refused(tmp_path: Path) -> None:
    network = parse_network(write_twin("kws"))
    index = network.main.nodes[0].inputs[1]
    quantization = network.main.tensors[index].quantization
    assert quantization is not None
    moved = Quantization(quantization.scales, quantization.zero_points, 1)
    changed = network.with_main(network.main.with_tensor(index, quantization=moved))
    path = _written(tmp_path / "m.tflite", changed)
    with pytest.raises(AssetError, match="scales along axis 1"):
        require_runnable(prepare(path), _FLASH, _RAM)
