"""Models of one's own on the emulated board, each answer beside the host interpreter's."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import tinysim
from tests.models.networks import Making, network_of_halves, random_network
from tinysim.models.network import Quantization, Tensor
from tinysim.models.twin import write_twin
from tinysim.models.write import write_network

if shutil.which("arm-none-eabi-g++") is None:
    pytest.skip("the firmware's toolchain is missing", allow_module_level=True)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "mine.tflite"
    path.write_bytes(write_twin("kws"))
    return path


def test_a_models_answers_are_the_hosts(model: Path, tmp_path: Path) -> None:
    batch = np.random.default_rng(3).integers(-128, 128, (4, 49, 10, 1), dtype=np.int8)
    np.save(tmp_path / "x.npy", batch)
    result = tinysim.run_model(model, tmp_path / "x.npy", tier="T0")
    assert result.host is not None
    assert result.host.equal
    assert result.host.inputs == 4
    assert len({output.results for output in result.outputs}) > 1
    assert result.benchmark == "mine.tflite"
    assert result.latency_us > 1000


def test_weights_of_four_bits_run_as_on_the_host(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    network = network_of_halves(5)
    path.write_bytes(write_network(network))
    shape = network.main.tensors[network.main.inputs[0]].shape
    np.save(
        tmp_path / "x.npy",
        np.random.default_rng(1).integers(-128, 128, (6, *shape), dtype=np.int8),
    )
    result = tinysim.run_model(path, tmp_path / "x.npy", tier="T0")
    assert result.host is not None and result.host.equal
    assert result.flashed is not None and "halves" in result.flashed.origin


def test_uint8_runs_as_what_it_becomes_on_the_host(tmp_path: Path) -> None:
    """A convolution whose weights have nine bits, behind one over each channel."""
    making = Making(4)
    numbers = making.numbers
    scales = [Quantization((scale,), (zero,)) for scale, zero in ((0.02, 120), (0.01, 150))]
    source = making.add(Tensor("x", (1, 8, 8, 3), "UINT8", scales[0]))
    last = source
    for op, shape in (("DEPTHWISE_CONV_2D", (1, 3, 3, 3)), ("CONV_2D", (5, 3, 3, 3))):
        count = shape[0] if op == "CONV_2D" else shape[-1]
        weights = numbers.integers(0, 256, shape, np.uint8)
        bias = Quantization((scales[0].scales[0] * 0.01,), (0,))
        inputs = [
            last,
            making.add(Tensor("w", shape, "UINT8", scales[1], weights.tobytes())),
            making.add(Tensor("b", (count,), "INT32", bias, bytes(4 * count))),
        ]
        last = making.add(Tensor("y", (1, 8, 8, count), "UINT8", Quantization((0.2,), (128,))))
        options = {"stride_h": 1, "stride_w": 1, "depth_multiplier": 1, "padding": 0}
        options |= {"dilation_h_factor": 1, "dilation_w_factor": 1}
        table = "Conv2DOptions" if op == "CONV_2D" else "DepthwiseConv2DOptions"
        making.node(op, inputs, [last], table, **options)
    path, given = tmp_path / "m.tflite", tmp_path / "x.npy"
    path.write_bytes(write_network(making.network([source], last)))
    np.save(given, numbers.integers(0, 256, (4, 8, 8, 3), np.uint8))
    result = tinysim.run_model(path, given, tier="T0")
    assert result.host is not None and result.host.equal
    assert result.flashed is not None and "unsigned" in result.flashed.origin


def test_the_arena_is_the_smallest_that_starts(model: Path) -> None:
    result = tinysim.run_model(model, tier="T0")
    arena = result.memory.arena
    assert arena is not None
    assert result.memory.ram is not None
    weights = [part for part in result.memory.sections if part.name.startswith(".weights")]
    rest = result.memory.ram - arena - sum(part.size for part in weights)
    assert weights
    assert 0 < rest < 0x6000


def test_what_a_model_remembers_is_the_hosts(tmp_path: Path) -> None:
    making = Making(11)
    source = making.activation((1, 6))
    last = making.remembered(making.dense(making.remembered(source, "a")), "b")
    path, inputs = tmp_path / "streaming.tflite", tmp_path / "x.npy"
    path.write_bytes(write_network(making.network([source], last)))
    np.save(inputs, np.random.default_rng(1).integers(-128, 128, (6, 1, 6), dtype=np.int8))
    first, second = (tinysim.run_model(path, inputs, tier="T0") for _ in range(2))
    assert first.host is not None and first.host.equal
    assert first.outputs == second.outputs
    assert first.flashed is not None and first.model is not None
    assert first.flashed.sha256 != first.model.sha256


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_random_networks_are_the_hosts(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "random.tflite"
    path.write_bytes(write_network(random_network(seed, variables=True)))
    result = tinysim.run_model(path, tier="T0")
    assert result.host is not None and result.host.equal
