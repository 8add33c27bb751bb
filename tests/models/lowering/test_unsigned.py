"""uint8 as int8: on the host, what the numbers say stays the same."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.networks import Making
from tinysim.models import host
from tinysim.models.lowering import lower
from tinysim.models.lowering.unsigned import shift
from tinysim.models.network import Network, Option, Quantization, Tensor
from tinysim.models.write import write_network

Array = NDArray[np.generic]
Whole = NDArray[np.int64]

SAME, VALID = 0, 1


def _float32(value: float) -> float:
    return float(np.float32(value))


def _tensor(
    making: Making, shape: tuple[int, ...], scale: float = 0.1, zero: int | None = None
) -> int:
    zero = making.random.randrange(256) if zero is None else zero
    quantization = Quantization((_float32(scale),), (zero,))
    return making.add(Tensor(f"t{len(making.tensors)}", shape, "UINT8", quantization))


def _constant(making: Making, data: Array, kind: str, scale: float, zero: int = 0) -> int:
    quantization = Quantization((_float32(scale),), (zero,))
    return making.add(Tensor("w", data.shape, kind, quantization, data.tobytes()))


def _answers(network: Network, *inputs: Array) -> tuple[list[str], Array]:
    """The operations between the conversions, and the answer of the model as it is flashed."""
    operations = [node.op for node in shift(network.main).nodes]
    assert (operations.pop(0), operations.pop()) == ("QUANTIZE", "QUANTIZE")
    lowered = lower(network)
    data = b"".join(x.tobytes() for x in inputs)
    ((answer,),) = host.run(write_network(lowered.network), lowered.graph, [data])
    there = network.main.tensors[network.main.outputs[0]]
    return operations, np.frombuffer(answer, np.uint8).reshape(there.shape)


def _scaled(sums: Whole, network: Network) -> Array:
    """Sums by TFLite's fixed-point multiplier, rounded twice as it does that."""
    tensors = network.main.tensors
    source, weights, output = (
        tensors[index].quantization
        for index in (*network.main.nodes[-1].inputs[:2], network.main.outputs[0])
    )
    assert source and weights and output
    fraction, power = math.frexp(source.scales[0] * weights.scales[0] / output.scales[0])
    multiplier = round(fraction * 2**31)
    high = (sums * multiplier + np.where(sums >= 0, 1 << 30, 1 - (1 << 30))) / 2**31
    high = np.trunc(high).astype(np.int64)
    assert power <= 0
    half = 1 << (-power - 1) if power else 0
    rounded = np.where(high >= 0, high + half, -(-high + half)) / 2.0**-power
    return (np.trunc(rounded).astype(np.int64) + output.zero_points[0]).clip(0, 255)


def _windows(
    values: Whole, shape: tuple[int, int], strides: tuple[int, int], padding: int
) -> Whole:
    """Every place's window of a picture whose margins are 0: rows, columns, window, channels."""
    margins = []
    for size, taps, stride in zip(values.shape, shape, strides, strict=False):
        missing = max((-(-size // stride) - 1) * stride + taps - size, 0)
        before = 0 if padding == VALID else missing // 2
        margins.append((before, 0 if padding == VALID else missing - before))
    padded = np.pad(values, [*margins, (0, 0)])
    views = np.lib.stride_tricks.sliding_window_view(padded, shape, (0, 1))
    return np.moveaxis(views[:: strides[0], :: strides[1]], 2, -1)


def _weights(making: Making, shape: tuple[int, ...], zero: int) -> NDArray[np.uint8]:
    """Most of them near their zero point; the farthest in some channels alone."""
    values = making.numbers.normal(zero, 30, shape).clip(0, 255)
    values[..., :: max(shape[-1] // 2, 1)] = making.numbers.integers(
        0, 256, values[..., :: max(shape[-1] // 2, 1)].shape
    )
    return values.astype(np.uint8)


def _options(making: Making) -> tuple[dict[str, Option], tuple[int, int], int]:
    strides, padding = (making.random.randrange(1, 3), making.random.randrange(1, 4)), VALID
    if making.random.random() < 0.6:
        padding = SAME
    options: dict[str, Option] = {"stride_h": strides[0], "stride_w": strides[1]}
    options |= {"dilation_h_factor": 1, "dilation_w_factor": 1}
    return options | {"padding": padding, "fused_activation_function": 0}, strides, padding


@pytest.mark.parametrize("zero", [0, 97, 128, 131, 160, 255])
@pytest.mark.parametrize("op", ["CONV_2D", "DEPTHWISE_CONV_2D"])
@pytest.mark.parametrize("seed", range(4))
def test_sums_with_weights_of_any_zero_point(op: str, zero: int, seed: int) -> None:
    making = Making(seed)
    source = _tensor(making, (1, 7, 6, 4), 0.02)
    shape = (5, 3, 2, 4) if op == "CONV_2D" else (1, 3, 2, 8)
    weights = _weights(making, shape, zero)
    count = 5 if op == "CONV_2D" else 8
    options, strides, padding = _options(making)
    given = making.numbers.integers(0, 256, (1, 7, 6, 4)).astype(np.uint8)
    quantization = making.tensors[source].quantization
    assert quantization
    x = given[0].astype(np.int64) - quantization.zero_points[0]
    views = _windows(x, (3, 2), strides, padding)
    w = weights.astype(np.int64) - zero
    if op == "CONV_2D":
        sums = np.einsum("yxcij,oijc->yxo", np.moveaxis(views, -1, 2), w)
    else:
        options["depth_multiplier"] = 2
        each = np.repeat(views, 2, axis=-1)
        sums = np.einsum("yxijc,ijc->yxc", each, w[0])
    bias = (making.numbers.integers(-3000, 3000, count) - int(sums.mean())).astype(np.int32)
    constants = [
        _constant(making, weights, "UINT8", 0.01, zero),
        _constant(making, bias, "INT32", 0.02 * 0.01),
    ]
    output = _tensor(making, (1, *sums.shape), sums.std() * 2e-4 / 50, 128)
    table = "Conv2DOptions" if op == "CONV_2D" else "DepthwiseConv2DOptions"
    making.node(op, [source, *constants], [output], table, **options)
    network = making.network([source], output)
    operations, answer = _answers(network, given)
    assert operations[-1] == op
    assert np.array_equal(answer[0], _scaled(sums + bias, network))
    assert np.ptp(answer) > 60


@pytest.mark.parametrize("zero", [0, 128, 140, 255])
@pytest.mark.parametrize("shape", [(1, 12), (2, 3, 4), (3, 12)])
def test_a_dense_layer_with_weights_of_any_zero_point(shape: tuple[int, ...], zero: int) -> None:
    making = Making(zero)
    source = _tensor(making, shape, 0.02, 77)
    weights = _weights(making, (9, 12), zero)
    given = making.numbers.integers(0, 256, shape).astype(np.uint8)
    x = given.reshape(-1, 12).astype(np.int64) - 77
    sums = x @ (weights.astype(np.int64) - zero).T
    bias = np.full(9, -int(sums.mean()), np.int32)
    constants = [
        _constant(making, weights, "UINT8", 0.01, zero),
        _constant(making, bias, "INT32", 0.02 * 0.01),
    ]
    output = _tensor(making, sums.shape, sums.std() * 2e-4 / 50, 128)
    table = "FullyConnectedOptions"
    making.node("FULLY_CONNECTED", [source, *constants], [output], table, weights_format=0)
    network = making.network([source], output)
    _, answer = _answers(network, given)
    assert np.array_equal(answer, _scaled(sums + bias, network))
    assert np.ptp(answer) > 60


@pytest.mark.parametrize("window", [(2, 2), (1, 2), (4, 3), (2, 5), (3, 3), (1, 6)])
def test_halves_are_rounded_up_in_averages(window: tuple[int, int]) -> None:
    making = Making(window[0])
    source = _tensor(making, (1, 20, 30, 3), 0.3)
    rows, columns = 20 - window[0] + 1, 30 - window[1] + 1
    output = making.activation((1, rows, columns, 3), source, "UINT8")
    options = {"filter_height": window[0], "filter_width": window[1], "padding": VALID}
    options |= {"stride_h": 1, "stride_w": 1, "fused_activation_function": 0}
    making.node("AVERAGE_POOL_2D", [source], [output], "Pool2DOptions", **options)
    given = making.numbers.integers(0, 256, (1, 20, 30, 3)).astype(np.uint8)
    operations, answer = _answers(making.network([source], output), given)
    views = np.lib.stride_tricks.sliding_window_view(given[0].astype(int), window, (0, 1))
    count = math.prod(window)
    assert np.array_equal(answer[0], (views.sum(axis=(-2, -1)) + count // 2) // count)
    assert ("AVERAGE_POOL_2D" in operations) == bool(count % 2)


def test_what_is_joined_gets_one_scale() -> None:
    making = Making(2)
    sources = [_tensor(making, (1, 256), scale, 120) for scale in (0.1, 0.05, 0.2)]
    output = _tensor(making, (1, 768), 0.1, 120)
    making.node("CONCATENATION", sources, [output], "ConcatenationOptions", axis=1)
    given = np.arange(256).astype(np.uint8)[None]
    network = Network((making.network(sources, output).main,))
    operations = [node.op for node in shift(network.main).nodes]
    assert operations.count("GATHER") == 2
    lowered = lower(network)
    ((answer,),) = host.run(write_network(lowered.network), lowered.graph, [given.tobytes() * 3])
    real = (given.astype(float) - 120) * np.array([[0.1], [0.05], [0.2]])
    exact = (real / 0.1 + 120).clip(0, 255).ravel()
    assert np.abs(np.frombuffer(answer, np.uint8) - exact).max() <= 0.5 + 1e-4


def test_ends_alone_stay() -> None:
    making = Making(3)
    source = _tensor(making, (1, 4))
    inner = making.activation((1, 4))
    output = _tensor(making, (1, 4))
    making.node("QUANTIZE", [source], [inner])
    making.node("QUANTIZE", [inner], [output])
    graph = making.network([source], output).main
    assert shift(graph) is graph
