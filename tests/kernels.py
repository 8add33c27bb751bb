"""What our kernels take by the shape of a layer, beside TFLM's plain ones and the bound.

Run by `make kernels`. Each is a model of one layer on the emulated board at tier T3; the bound is
one SMLAD, two multiply-accumulates a cycle, and nothing else.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import tinysim
from tests.models.networks import Making
from tinysim.models.network import Network, Quantization, Tensor
from tinysim.models.write import write_network

BOUND = 0.5
"""Cycles a multiply-accumulate."""


@dataclass(frozen=True)
class Layer:
    """An int8 layer with a stride in both directions, its input padded to keep its size."""

    op: str
    image: tuple[int, int, int]
    """Height, width, channels; of FULLY_CONNECTED the last alone counts."""
    kernel: tuple[int, int]
    channels: int
    stride: int = 1

    def __str__(self) -> str:
        height, width, depth = self.image
        if self.op == "FULLY_CONNECTED":
            return f"{self.op} {depth} to {self.channels}"
        kernel = "x".join(map(str, self.kernel))
        return f"{self.op} {height}x{width}x{depth}, {kernel} to {self.channels}, /{self.stride}"


LAYERS = (
    Layer("CONV_2D", (25, 5, 64), (1, 1), 64),
    Layer("CONV_2D", (48, 48, 8), (1, 1), 16),
    Layer("CONV_2D", (6, 6, 128), (1, 1), 128),
    Layer("CONV_2D", (32, 32, 16), (3, 3), 16),
    Layer("CONV_2D", (16, 16, 32), (3, 3), 32),
    Layer("CONV_2D", (96, 96, 3), (3, 3), 8, 2),
    Layer("CONV_2D", (32, 32, 3), (5, 5), 7),
    Layer("CONV_2D", (49, 10, 1), (10, 4), 64, 2),
    Layer("DEPTHWISE_CONV_2D", (25, 5, 64), (3, 3), 64),
    Layer("DEPTHWISE_CONV_2D", (48, 48, 16), (3, 3), 16, 2),
    Layer("DEPTHWISE_CONV_2D", (6, 6, 128), (3, 3), 128),
    Layer("DEPTHWISE_CONV_2D", (20, 20, 6), (3, 3), 6),
    Layer("DEPTHWISE_CONV_2D", (20, 20, 8), (5, 5), 8),
    Layer("FULLY_CONNECTED", (1, 1, 640), (1, 1), 128),
    Layer("FULLY_CONNECTED", (1, 1, 128), (1, 1), 128),
    Layer("FULLY_CONNECTED", (1, 1, 100), (1, 1), 10),
)


def network(layer: Layer) -> Network:
    """A model of this layer alone, with seeded weights."""
    making = Making(1)
    height, width, depth = layer.image
    dense = layer.op == "FULLY_CONNECTED"
    source = making.activation((1, depth) if dense else (1, *layer.image))
    shape = {
        "CONV_2D": (layer.channels, *layer.kernel, depth),
        "DEPTHWISE_CONV_2D": (1, *layer.kernel, layer.channels),
        "FULLY_CONNECTED": (layer.channels, depth),
    }[layer.op]
    axis = 3 if layer.op == "DEPTHWISE_CONV_2D" else 0
    count = 1 if dense else layer.channels
    scales = Quantization((0.01,) * count, (0,) * count, axis)
    data = making.numbers.integers(-127, 128, shape, dtype=np.int8)
    weights = making.add(Tensor("w", shape, "INT8", scales, data.tobytes()))
    numbers = making.numbers.integers(-999, 1000, layer.channels).astype(np.int32)
    biases = Quantization((0.001,) * count, (0,) * count, 0)
    bias = making.add(Tensor("b", numbers.shape, "INT32", biases, numbers.tobytes()))
    outputs = (-(-height // layer.stride), -(-width // layer.stride), layer.channels)
    end = making.activation((1, layer.channels) if dense else (1, *outputs))
    if dense:
        making.node(layer.op, [source, weights, bias], [end], "FullyConnectedOptions")
    else:
        windows = {f"stride_{side}": layer.stride for side in "wh"}
        windows |= {f"dilation_{side}_factor": 1 for side in "wh"}
        if layer.op == "DEPTHWISE_CONV_2D":
            windows["depth_multiplier"] = 1
        table = "Conv2DOptions" if layer.op == "CONV_2D" else "DepthwiseConv2DOptions"
        making.node(layer.op, [source, weights, bias], [end], table, **windows)
    return making.network([source], end)


def cycles_a_mac(layer: Layer, variant: str) -> float:
    """At tier T3, of the layer's operation with all that it calls."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.tflite"
        path.write_bytes(write_network(network(layer)))
        result = tinysim.run_model(path, variant=variant, folding=False)
    assert result.profile is not None
    (cost,) = (part for part in result.profile.layers if layer.op in part.name)
    assert cost.macs
    return cost.cycles / cost.macs


def main(names: Sequence[str] = ()) -> None:
    """Print the table, of all layers or of those whose text has one of the names in it."""
    print("| layer | ours | TFLM | bound |\n|---|---|---|---|")
    for layer in LAYERS:
        if not names or any(name in str(layer) for name in names):
            ours, plain = (cycles_a_mac(layer, variant) for variant in ("dsp", "reference"))
            print(f"| {layer} | {ours:.2f} | {plain:.1f} | {BOUND} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
