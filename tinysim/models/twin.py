"""Twins: models with a reference model's graph, shapes and quantization, but seeded weights.

A twin takes as long as its model, as no layer's time depends on its values beyond what rare
branches make; its answers mean nothing.
"""

from dataclasses import dataclass, field
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from . import flatbuffer as fb

Shape = tuple[int, int, int]
"""Height, width, channels."""

_WEIGHT_DEVIATION = 127 / sqrt(3)
"""Of weights spread evenly over int8."""
_ACTIVATION_ZERO = -128


def write_twin(benchmark: str) -> bytes:
    """The twin of a benchmark's reference model, as a TFLite flatbuffer; always the same."""
    graph = _GRAPHS[benchmark](_Graph(benchmark))
    return fb.write_model(graph.tensors, graph.nodes, [0], [graph.last])


@dataclass
class _Graph:
    """A model in the making: layers go behind each other, `last` is where it has come to."""

    seed: str
    tensors: list[fb.Tensor] = field(default_factory=list)
    nodes: list[fb.Node] = field(default_factory=list)
    last: int = 0

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(list(self.seed.encode()))

    def _add(self, tensor: fb.Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def _activation(self, shape: tuple[int, ...], scale: float, zero_point: int) -> int:
        name = f"activation_{len(self.tensors)}"
        return self._add(fb.Tensor(name, shape, scales=(scale,), zero_point=zero_point))

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
        source = self.tensors[self.last]
        values: NDArray[np.int8] = self._random.integers(-127, 128, shape, dtype=np.int8)
        gain = sqrt(fan_in) * _WEIGHT_DEVIATION * source.scales[0]
        scale = 0.01 if output_scale is None else output_scale / gain
        scales = (scale,) * channels if per_channel else (scale,)
        weights = self._add(
            fb.Tensor(f"weights_{len(self.tensors)}", shape, scales=scales, axis=axis, data=values)
        )
        bias_scales = tuple(source.scales[0] * s for s in scales)
        bias = self._add(
            fb.Tensor(
                f"bias_{len(self.tensors)}",
                (channels,),
                fb.TENSOR_INT32,
                scales=bias_scales,
                data=np.zeros(channels, np.int32),
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
        options: tuple[fb.Scalar, ...] = (
            ("Int8", fb.SAME),
            ("Int32", stride),
            ("Int32", stride),
            ("Int8", fb.RELU if relu else fb.NO_ACTIVATION),
            ("Int32", 1),
            ("Int32", 1),
        )
        self.nodes.append(fb.Node(fb.CONV_2D, (self.last, weights, bias), (output,), options))
        self.last = output
        return self

    def frames(self, count: int) -> "_Graph":
        """A depthwise convolution over so many frames of a sound, without borders."""
        _, height, width, depth = self.tensors[self.last].shape
        weights, bias, scale = self._constants((1, count, 1, depth), depth, count, 3, True)
        output = self._activation((1, height - count + 1, width, depth), scale, 0)
        options: tuple[fb.Scalar, ...] = (
            ("Int8", fb.VALID),
            ("Int32", 1),
            ("Int32", 1),
            ("Int32", 1),
            ("Int8", fb.NO_ACTIVATION),
            ("Int32", 1),
            ("Int32", 1),
        )
        self.nodes.append(
            fb.Node(fb.DEPTHWISE_CONV_2D, (self.last, weights, bias), (output,), options)
        )
        self.last = output
        return self

    def depthwise(self, stride: int = 1) -> "_Graph":
        _, height, width, depth = self.tensors[self.last].shape
        weights, bias, scale = self._constants((1, 3, 3, depth), depth, 9, 3, True)
        shape = (1, ceil(height / stride), ceil(width / stride), depth)
        output = self._activation(shape, scale, _ACTIVATION_ZERO)
        options: tuple[fb.Scalar, ...] = (
            ("Int8", fb.SAME),
            ("Int32", stride),
            ("Int32", stride),
            ("Int32", 1),
            ("Int8", fb.RELU),
            ("Int32", 1),
            ("Int32", 1),
        )
        self.nodes.append(
            fb.Node(fb.DEPTHWISE_CONV_2D, (self.last, weights, bias), (output,), options)
        )
        self.last = output
        return self

    def add(self, other: int) -> "_Graph":
        source = self.tensors[self.last]
        output = self._activation(source.shape, 1.5 * source.scales[0], _ACTIVATION_ZERO)
        options: tuple[fb.Scalar, ...] = (("Int8", fb.RELU),)
        self.nodes.append(fb.Node(fb.ADD, (other, self.last), (output,), options))
        self.last = output
        return self

    def pool_all(self) -> "_Graph":
        """The mean over the whole image, then flat."""
        source = self.tensors[self.last]
        _, height, width, depth = source.shape
        output = self._activation((1, 1, 1, depth), source.scales[0], source.zero_point)
        options: tuple[fb.Scalar, ...] = (
            ("Int8", fb.VALID),
            ("Int32", width),
            ("Int32", height),
            ("Int32", width),
            ("Int32", height),
            ("Int8", fb.NO_ACTIVATION),
        )
        self.nodes.append(fb.Node(fb.AVERAGE_POOL_2D, (self.last,), (output,), options))
        self.last = output
        return self.flat()

    def flat(self) -> "_Graph":
        """One row of what a single pixel has."""
        source = self.tensors[self.last]
        depth = source.shape[3]
        target = self._add(
            fb.Tensor("shape", (2,), fb.TENSOR_INT32, data=np.array([1, depth], np.int32))
        )
        flat = self._activation((1, depth), source.scales[0], source.zero_point)
        self.nodes.append(fb.Node(fb.RESHAPE, (self.last, target), (flat,)))
        self.last = flat
        return self

    def dense(
        self, outputs: int, relu: bool = False, quantization: tuple[float, int] | None = None
    ) -> "_Graph":
        depth = self.tensors[self.last].shape[1]
        wanted, zero = quantization or (None, _ACTIVATION_ZERO if relu else 0)
        weights, bias, scale = self._constants((outputs, depth), outputs, depth, 0, False, wanted)
        output = self._activation((1, outputs), scale, zero)
        options: tuple[fb.Scalar, ...] = (
            ("Int8", fb.RELU if relu else fb.NO_ACTIVATION),
            ("Int8", 0),
            ("Int8", 0),
        )
        self.nodes.append(
            fb.Node(fb.FULLY_CONNECTED, (self.last, weights, bias), (output,), options)
        )
        self.last = output
        return self

    def softmax(self) -> "_Graph":
        output = self._activation(self.tensors[self.last].shape, 1 / 256, -128)
        self.nodes.append(fb.Node(fb.SOFTMAX, (self.last,), (output,), (("Float32", 1.0),)))
        self.last = output
        return self


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
