"""Twins: models with a reference model's graph, shapes and quantization, but seeded weights.

A twin takes as long as its model, as no layer's time depends on its values beyond what rare
branches make; its answers mean nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from .network import Graph, Network, Node, Option, Quantization, Tensor
from .write import write_network

Shape = tuple[int, int, int]
"""Height, width, channels."""

_WEIGHT_DEVIATION = 127 / sqrt(3)
"""Of weights spread evenly over int8."""
_ACTIVATION_ZERO = -128
_SAME, _VALID = 0, 1
_NONE, _RELU = 0, 1
"""Of the schema's Padding and ActivationFunctionType."""


def write_twin(benchmark: str) -> bytes:
    """The twin of a benchmark's reference model, as a TFLite flatbuffer; always the same."""
    graph = _GRAPHS[benchmark](_Graph(benchmark))
    made = Graph(tuple(graph.tensors), tuple(graph.nodes), (0,), (graph.last,))
    return write_network(Network((made,)))


@dataclass
class _Graph:
    """A model in the making: layers go behind each other, `last` is where it has come to."""

    seed: str
    tensors: list[Tensor] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    last: int = 0

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(list(self.seed.encode()))

    def _add(self, tensor: Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def _activation(self, shape: tuple[int, ...], scale: float, zero_point: int) -> int:
        name = f"activation_{len(self.tensors)}"
        return self._add(Tensor(name, shape, "INT8", Quantization((scale,), (zero_point,))))

    def _scale(self) -> float:
        """Of what the last layer gives."""
        quantization = self.tensors[self.last].quantization
        assert quantization is not None
        return quantization.scales[0]

    def _like(self, shape: tuple[int, ...]) -> int:
        """An activation that is quantized as the last is."""
        name = f"activation_{len(self.tensors)}"
        return self._add(Tensor(name, shape, "INT8", self.tensors[self.last].quantization))

    def _layer(
        self,
        op: str,
        version: int,
        inputs: tuple[int, ...],
        output: int,
        table: str,
        options: Mapping[str, Option],
    ) -> "_Graph":
        """One more operation, whose output is the last now."""
        self.nodes.append(Node(op, inputs, (output,), options, table, version))
        self.last = output
        return self

    def input(self, shape: tuple[int, ...], scale: float, zero_point: int) -> "_Graph":
        self.last = self._activation(shape, scale, zero_point)
        return self

    def _constants(
        self,
        shape: tuple[int, ...],
        channels: int,
        fan_in: int,
        axis: int,
        per_channel: bool,
        output_scale: float | None = None,
    ) -> tuple[int, int, float]:
        """Weights and bias, and an output scale that spreads the outputs as the inputs are."""
        values: NDArray[np.int8] = self._random.integers(-127, 128, shape, dtype=np.int8)
        gain = sqrt(fan_in) * _WEIGHT_DEVIATION * self._scale()
        scale = 0.01 if output_scale is None else output_scale / gain
        scales = (scale,) * channels if per_channel else (scale,)
        zeros = (0,) * len(scales)
        weights = self._add(
            Tensor(
                f"weights_{len(self.tensors)}",
                shape,
                "INT8",
                Quantization(scales, zeros, axis),
                values.tobytes(),
            )
        )
        bias = self._add(
            Tensor(
                f"bias_{len(self.tensors)}",
                (channels,),
                "INT32",
                Quantization(tuple(self._scale() * each for each in scales), zeros),
                bytes(4 * channels),
            )
        )
        return weights, bias, gain * scale

    def convolution(
        self, channels: int, kernel: tuple[int, int], stride: int = 1, relu: bool = True
    ) -> "_Graph":
        _, height, width, depth = self.tensors[self.last].shape
        weights, bias, scale = self._constants(
            (channels, *kernel, depth), channels, kernel[0] * kernel[1] * depth, 0, True
        )
        shape = (1, ceil(height / stride), ceil(width / stride), channels)
        output = self._activation(shape, scale, _ACTIVATION_ZERO if relu else 0)
        options = _sliding(_SAME, stride, _RELU if relu else _NONE)
        return self._layer(
            "CONV_2D", 3, (self.last, weights, bias), output, "Conv2DOptions", options
        )

    def frames(self, count: int) -> "_Graph":
        """A depthwise convolution over so many frames of a sound, without borders."""
        _, height, width, depth = self.tensors[self.last].shape
        weights, bias, scale = self._constants((1, count, 1, depth), depth, count, 3, True)
        output = self._activation((1, height - count + 1, width, depth), scale, 0)
        return self._depthwise(weights, bias, output, _sliding(_VALID, 1, _NONE))

    def depthwise(self, stride: int = 1) -> "_Graph":
        _, height, width, depth = self.tensors[self.last].shape
        weights, bias, scale = self._constants((1, 3, 3, depth), depth, 9, 3, True)
        shape = (1, ceil(height / stride), ceil(width / stride), depth)
        output = self._activation(shape, scale, _ACTIVATION_ZERO)
        return self._depthwise(weights, bias, output, _sliding(_SAME, stride, _RELU))

    def _depthwise(
        self, weights: int, bias: int, output: int, options: Mapping[str, Option]
    ) -> "_Graph":
        return self._layer(
            "DEPTHWISE_CONV_2D",
            3,
            (self.last, weights, bias),
            output,
            "DepthwiseConv2DOptions",
            {**options, "depth_multiplier": 1},
        )

    def add(self, other: int) -> "_Graph":
        shape = self.tensors[self.last].shape
        output = self._activation(shape, 1.5 * self._scale(), _ACTIVATION_ZERO)
        options = {"fused_activation_function": _RELU}
        return self._layer("ADD", 2, (other, self.last), output, "AddOptions", options)

    def pool_all(self) -> "_Graph":
        """The mean over the whole image, then flat."""
        _, height, width, depth = self.tensors[self.last].shape
        options = {
            "padding": _VALID,
            "stride_w": width,
            "stride_h": height,
            "filter_width": width,
            "filter_height": height,
            "fused_activation_function": _NONE,
        }
        output = self._like((1, 1, 1, depth))
        return self._layer(
            "AVERAGE_POOL_2D", 2, (self.last,), output, "Pool2DOptions", options
        ).flat()

    def flat(self) -> "_Graph":
        """One row of what a single pixel has."""
        depth = self.tensors[self.last].shape[3]
        shape = np.array([1, depth], "<i4").tobytes()
        target = self._add(Tensor("shape", (2,), "INT32", data=shape))
        return self._layer("RESHAPE", 1, (self.last, target), self._like((1, depth)), "", {})

    def dense(
        self, outputs: int, relu: bool = False, quantization: tuple[float, int] | None = None
    ) -> "_Graph":
        depth = self.tensors[self.last].shape[1]
        wanted, zero = quantization or (None, _ACTIVATION_ZERO if relu else 0)
        weights, bias, scale = self._constants((outputs, depth), outputs, depth, 0, False, wanted)
        output = self._activation((1, outputs), scale, zero)
        options = {"fused_activation_function": _RELU if relu else _NONE}
        return self._layer(
            "FULLY_CONNECTED",
            4,
            (self.last, weights, bias),
            output,
            "FullyConnectedOptions",
            options,
        )

    def softmax(self) -> "_Graph":
        output = self._activation(self.tensors[self.last].shape, 1 / 256, -128)
        return self._layer("SOFTMAX", 2, (self.last,), output, "SoftmaxOptions", {"beta": 1.0})


def _sliding(padding: int, stride: int, activation: int) -> dict[str, Option]:
    """What CONV_2D and DEPTHWISE_CONV_2D both have."""
    return {
        "padding": padding,
        "stride_w": stride,
        "stride_h": stride,
        "fused_activation_function": activation,
        "dilation_w_factor": 1,
        "dilation_h_factor": 1,
    }


def _kws(graph: _Graph) -> _Graph:
    graph.input((1, 49, 10, 1), 0.58470291, 83).convolution(64, (10, 4), 2)
    for _ in range(4):
        graph.depthwise().convolution(64, (1, 1))
    return graph.pool_all().dense(12).softmax()


def _vww(graph: _Graph) -> _Graph:
    graph.input((1, 96, 96, 3), 1 / 255, -128).convolution(8, (3, 3), 2)
    blocks = [
        (1, 16),
        (2, 32),
        (1, 32),
        (2, 64),
        (1, 64),
        (2, 128),
        *[(1, 128)] * 5,
        (2, 256),
        (1, 256),
    ]
    for stride, channels in blocks:
        graph.depthwise(stride).convolution(channels, (1, 1))
    return graph.pool_all().dense(2).softmax()


def _resnet(graph: _Graph, filters: int) -> _Graph:
    graph.input((1, 32, 32, 3), 1.0, -128).convolution(filters, (3, 3))
    for channels, stride in ((filters, 1), (2 * filters, 2), (4 * filters, 2)):
        block = graph.last
        graph.convolution(channels, (3, 3), stride).convolution(channels, (3, 3), relu=False)
        main = graph.last
        if stride != 1:
            graph.last = block
            graph.convolution(channels, (1, 1), stride, relu=False)
            block, graph.last = graph.last, main
        graph.add(block)
    return graph.pool_all().dense(10).softmax()


def _ic(graph: _Graph) -> _Graph:
    return _resnet(graph, 16)


def _ic2(graph: _Graph) -> _Graph:
    return _resnet(graph, 40)


def _ad(graph: _Graph) -> _Graph:
    graph.input((1, 640), 0.3910152, 89)
    for width in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        graph.dense(width, relu=True)
    return graph.dense(640, quantization=(0.3644985, 96))


def _sww(graph: _Graph) -> _Graph:
    graph.input((1, 30, 1, 40), 0.0037010426167398691, -128)
    for frames, channels in ((3, 128), (5, 128), (10, 128), (15, 32)):
        graph.frames(frames).convolution(channels, (1, 1))
    return graph.flat().dense(3).softmax()


_GRAPHS = {"kws": _kws, "vww": _vww, "ic": _ic, "ic2": _ic2, "ad": _ad, "sww": _sww}
