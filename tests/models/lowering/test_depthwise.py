"""A depthwise convolution over one channel, as one over all channels: no byte differs."""

import numpy as np
import pytest

from tests.models.networks import Making
from tinysim.models import host
from tinysim.models.lowering import lower
from tinysim.models.lowering.depthwise import rename
from tinysim.models.network import Network, Quantization, Tensor
from tinysim.models.write import write_network


def _network(kind: str, channels: int, seed: int) -> Network:
    making = Making(seed)
    count = 6 * channels
    quantized = kind != "FLOAT32"
    shape = (1, 3, 4, count)
    scales = tuple(making.random.uniform(0.001, 0.01) for _ in range(count))
    by_channel = Quantization(scales, (0,) * count, 3) if quantized else None
    ends = Quantization((0.05,), (0 if kind == "INT16" else 3,)) if quantized else None
    numbers = making.numbers
    if quantized:
        weights = numbers.integers(-127, 128, shape).astype(np.int8)
        bias = numbers.integers(-999, 999, count).astype("i8" if kind == "INT16" else "i4")
    else:
        weights = numbers.normal(size=shape).astype(np.float32)
        bias = numbers.normal(size=count).astype(np.float32)
    source = making.add(Tensor("x", (1, 9, 8, channels), kind, ends))
    name = "INT8" if quantized else "FLOAT32"
    constants = [
        making.add(Tensor("w", shape, name, by_channel, weights.tobytes())),
        making.add(Tensor("b", (count,), bias.dtype.name.upper(), None, bias.tobytes())),
    ]
    output = making.add(Tensor("y", (1, 5, 4, count), kind, ends))
    options = {"padding": 0, "stride_h": 2, "stride_w": 2, "depth_multiplier": 6}
    options |= {"dilation_h_factor": 1, "dilation_w_factor": 1, "fused_activation_function": 1}
    table = "DepthwiseConv2DOptions"
    making.node("DEPTHWISE_CONV_2D", [source, *constants], [output], table, **options)
    return making.network([source], output)


@pytest.mark.parametrize("kind", ["INT8", "INT16", "FLOAT32"])
@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_same_over_one_channel(kind: str, seed: int) -> None:
    network = _network(kind, 1, seed)
    lowered = lower(network)
    assert [node.op for node in lowered.graph.nodes] == ["CONV_2D"]
    assert lower(network, folding=False).graph.nodes == network.main.nodes
    data = np.random.default_rng(seed).normal(0, 1 if kind == "FLOAT32" else 40, 72)
    given = data.astype(host.DTYPES[kind]).tobytes()
    answers = [
        host.run(write_network(each), each.main, [given]) for each in (network, lowered.network)
    ]
    assert answers[0] == answers[1]


def test_over_several_it_stays() -> None:
    graph = _network("INT8", 2, 1).main
    assert rename(graph) is graph
