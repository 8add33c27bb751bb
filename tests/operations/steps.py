"""What a random graph is made of: operations over a tensor of int8."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .cases.layers import ACTIVATIONS, bias, weigh
from .cases.registry import Random, elements, pick, scale, zero
from .graph import SAME, Graph

LARGEST = 4096
"""Elements of a tensor, so that a graph is quick on the board."""


@dataclass
class Maker:
    """A graph in the making; every step takes a tensor and gives one."""

    random: Random
    graph: Graph

    def shape(self, x: int) -> tuple[int, ...]:
        return self.graph.tensors[x].shape

    def quantization(self, x: int) -> tuple[float, int]:
        tensor = self.graph.tensors[x]
        return tensor.scales[0], tensor.zero_point

    def chosen(self) -> tuple[float, int]:
        return scale(self.random, 0.01, 0.1), zero(self.random)

    def activation(self) -> int:
        return int(self.random.choice(ACTIVATIONS))

    def partner(self, x: int) -> int:
        """A tensor that meets `x`: another of its shape, or a constant for each channel."""
        same = [
            i
            for node in self.graph.nodes
            for i in node.outputs
            if self.graph.tensors[i].shape == self.shape(x)
            and self.graph.tensors[i].dtype == "int8"
        ]
        if same and self.random.random() < 0.6:
            return int(self.random.choice(same))
        q, z = self.chosen()
        values = self.random.integers(-128, 128, self.shape(x)[-1:])
        return self.graph.constant(values, "int8", [q], z)


_UNFUSED = ("SQUARED_DIFFERENCE",)

Step = Callable[[Maker, int], int | None]
"""An operation over a tensor; None where it does not fit."""


def _convolution(m: Maker, x: int) -> int | None:
    if len(m.shape(x)) != 4:
        return None
    batch, height, width, depth = m.shape(x)
    kh, kw = pick(m.random, 1, min(3, height)), pick(m.random, 1, min(3, width))
    stride = pick(m.random, 1, 2)
    channels = pick(m.random, 1, 16)
    w, scales = weigh(m.random, m.graph, (channels, kh, kw, depth), 0, "int8", True)
    b = bias(m.random, m.graph, channels, m.quantization(x)[0], scales, "int8")
    q = (float(np.float32(m.chosen()[0] * np.sqrt(kh * kw * depth))), zero(m.random))
    return m.graph.op(
        "CONV_2D",
        [x, w, b],
        (batch, -(-height // stride), -(-width // stride), channels),
        "int8",
        *q,
        version=3,
        table="Conv2DOptions",
        Padding=SAME,
        StrideH=stride,
        StrideW=stride,
        FusedActivationFunction=m.activation(),
    )


def _depthwise(m: Maker, x: int) -> int | None:
    if len(m.shape(x)) != 4:
        return None
    _, height, width, depth = m.shape(x)
    kh, kw = pick(m.random, 1, min(3, height)), pick(m.random, 1, min(3, width))
    w, scales = weigh(m.random, m.graph, (1, kh, kw, depth), 3, "int8", True)
    b = bias(m.random, m.graph, depth, m.quantization(x)[0], scales, "int8")
    return m.graph.op(
        "DEPTHWISE_CONV_2D",
        [x, w, b],
        m.shape(x),
        "int8",
        *m.chosen(),
        version=3,
        table="DepthwiseConv2DOptions",
        Padding=SAME,
        StrideH=1,
        StrideW=1,
        DepthMultiplier=1,
        FusedActivationFunction=m.activation(),
    )


def _transpose_conv(m: Maker, x: int) -> int | None:
    if len(m.shape(x)) != 4 or elements(m.shape(x)) > LARGEST // 8:
        return None
    batch, height, width, depth = m.shape(x)
    kernel, stride, channels = pick(m.random, 2, 3), 2, pick(m.random, 1, 8)
    w, _ = weigh(m.random, m.graph, (channels, kernel, kernel, depth), 0, "int8", True)
    output = (batch, height * stride, width * stride, channels)
    return m.graph.op(
        "TRANSPOSE_CONV",
        [m.graph.constant(output), w, x],
        output,
        "int8",
        *m.chosen(),
        version=2,
        Padding=SAME,
        StrideH=stride,
        StrideW=stride,
    )


def _fully_connected(m: Maker, x: int) -> int | None:
    *lead, depth = m.shape(x)
    channels = pick(m.random, 1, 20)
    w, scales = weigh(m.random, m.graph, (channels, depth), 0, "int8", m.random.random() < 0.5)
    b = bias(m.random, m.graph, channels, m.quantization(x)[0], scales, "int8")
    return m.graph.op(
        "FULLY_CONNECTED",
        [x, w, b if m.random.random() < 0.5 else -1],
        (*lead, channels),
        "int8",
        float(np.float32(m.chosen()[0] * np.sqrt(depth))),
        zero(m.random),
        version=4,
        FusedActivationFunction=m.activation(),
        KeepNumDims=True,
    )


def _pool(name: str) -> Step:
    def step(m: Maker, x: int) -> int | None:
        if len(m.shape(x)) != 4:
            return None
        batch, height, width, depth = m.shape(x)
        kh, kw = pick(m.random, 1, min(3, height)), pick(m.random, 1, min(3, width))
        return m.graph.op(
            name,
            [x],
            (batch, -(-height // 2), -(-width // 2), depth),
            "int8",
            *m.quantization(x),
            version=2,
            table="Pool2DOptions",
            Padding=SAME,
            StrideH=2,
            StrideW=2,
            FilterHeight=kh,
            FilterWidth=kw,
        )

    return step


def _binary(name: str) -> Step:
    def step(m: Maker, x: int) -> int:
        fused = {} if name in _UNFUSED else {"FusedActivationFunction": m.activation()}
        return m.graph.op(name, [x, m.partner(x)], m.shape(x), "int8", *m.chosen(), **fused)

    return step


def _unary(name: str, output: tuple[float, int] | None = None, **options: object) -> Step:
    def step(m: Maker, x: int) -> int:
        q = output or m.chosen()
        return m.graph.op(name, [x], m.shape(x), "int8", *q, **options)

    return step


def _softmax(m: Maker, x: int) -> int | None:
    if m.shape(x)[-1] > 128:  # over many that are alike tflite-micro stops
        return None
    return m.graph.op("SOFTMAX", [x], m.shape(x), "int8", 1 / 256, -128, Beta=1.0)


def _log_softmax(m: Maker, x: int) -> int | None:
    if m.shape(x)[-1] > 128:
        return None
    return m.graph.op("LOG_SOFTMAX", [x], m.shape(x), "int8", 1 / 16, 127)


def _extreme(name: str) -> Step:
    def step(m: Maker, x: int) -> int:
        q = m.quantization(x)
        values = m.graph.constant(
            m.random.integers(-128, 128, m.shape(x)[-1:]), "int8", q[:1], q[1]
        )
        return m.graph.op(name, [x, values], m.shape(x), "int8", *q)

    return step


def _reduce(name: str) -> Step:
    def step(m: Maker, x: int) -> int | None:
        if len(m.shape(x)) != 4:
            return None
        sizes = (*m.shape(x)[:2], 1, m.shape(x)[3])
        axes = m.graph.constant([2])
        q = m.quantization(x)
        return m.graph.op(name, [x, axes], sizes, "int8", *q, table="ReducerOptions", KeepDims=True)

    return step


def _reverse(m: Maker, x: int) -> int:
    axes = m.graph.constant([pick(m.random, 0, len(m.shape(x)) - 1)])
    return m.graph.op("REVERSE_V2", [x, axes], m.shape(x), "int8", *m.quantization(x))


def _mirror_pad(m: Maker, x: int) -> int:
    paddings = [[0, 0]] + [[pick(m.random, 0, n - 1), 0] for n in m.shape(x)[1:]]
    sizes = [n + before for n, (before, _) in zip(m.shape(x), paddings, strict=True)]
    q = m.quantization(x)
    return m.graph.op("MIRROR_PAD", [x, m.graph.constant(paddings)], sizes, "int8", *q, Mode=0)


def _prelu(m: Maker, x: int) -> int | None:
    if len(m.shape(x)) != 4:
        return None
    slopes, _ = weigh(m.random, m.graph, (1, 1, m.shape(x)[3]), 0, "int8", False)
    return m.graph.op("PRELU", [x, slopes], m.shape(x), "int8", *m.chosen())


def _real(name: str) -> Step:
    """An operation of float32 between two conversions."""

    def step(m: Maker, x: int) -> int:
        real = m.graph.op("DEQUANTIZE", [x], m.shape(x), "float32")
        real = m.graph.op(name, [real], m.shape(x), "float32")
        return m.graph.op("QUANTIZE", [real], m.shape(x), "int8", *m.chosen())

    return step


def _wide(name: str, scale_of: float = 0.0, **options: object) -> Step:
    """An operation of int16 between two conversions."""

    def step(m: Maker, x: int) -> int | None:
        pools = name.endswith("POOL_2D")
        if pools and len(m.shape(x)) != 4:
            return None
        between = float(np.float32(m.random.uniform(1e-4, 1e-3)))
        fine = m.graph.op("QUANTIZE", [x], m.shape(x), "int16", between)
        result = scale_of or between
        table = "Pool2DOptions" if pools else ""
        fine = m.graph.op(name, [fine], m.shape(x), "int16", result, table=table, **options)
        return m.graph.op("QUANTIZE", [fine], m.shape(x), "int8", *m.chosen())

    return step


_SLID = {"Padding": SAME, "StrideH": 1, "StrideW": 1, "FilterHeight": 1, "FilterWidth": 1}


def _relu6(m: Maker, x: int) -> int:
    return m.graph.op("RELU6", [x], m.shape(x), "int8", *m.quantization(x))


def _mean(m: Maker, x: int) -> int | None:
    if len(m.shape(x)) != 4:
        return None
    batch, _, _, depth = m.shape(x)
    axes = m.graph.constant([1, 2])
    q = m.chosen()
    return m.graph.op(
        "MEAN", [x, axes], (batch, 1, 1, depth), "int8", *q, table="ReducerOptions", KeepDims=True
    )


def _pad(m: Maker, x: int) -> int:
    paddings = [[0, 0]] + [[pick(m.random, 0, 1), pick(m.random, 0, 1)] for _ in m.shape(x)[1:]]
    sizes = [n + a + b for n, (a, b) in zip(m.shape(x), paddings, strict=True)]
    return m.graph.op("PAD", [x, m.graph.constant(paddings)], sizes, "int8", *m.quantization(x))


def _concatenation(m: Maker, x: int) -> int:
    axis = len(m.shape(x)) - 1
    sizes = (*m.shape(x)[:-1], 2 * m.shape(x)[-1])
    return m.graph.op("CONCATENATION", [x, x], sizes, "int8", *m.quantization(x), Axis=axis)


def _transpose(m: Maker, x: int) -> int:
    order = [0, *(int(i) + 1 for i in m.random.permutation(len(m.shape(x)) - 1))]
    sizes = [m.shape(x)[i] for i in order]
    return m.graph.op("TRANSPOSE", [x, m.graph.constant(order)], sizes, "int8", *m.quantization(x))


def _flatten(m: Maker, x: int) -> int | None:
    if len(m.shape(x)) == 2 or elements(m.shape(x)) > 512:
        return None
    sizes = [1, elements(m.shape(x))]
    q = m.quantization(x)
    return m.graph.op("RESHAPE", [x, m.graph.constant(sizes)], sizes, "int8", *q, NewShape=sizes)


def _slice(m: Maker, x: int) -> int:
    begin = [pick(m.random, 0, n - 1) if i else 0 for i, n in enumerate(m.shape(x))]
    count = [n - first for n, first in zip(m.shape(x), begin, strict=True)]
    constants = [m.graph.constant(begin), m.graph.constant(count)]
    return m.graph.op("SLICE", [x, *constants], count, "int8", *m.quantization(x))


def _stride(m: Maker, x: int) -> int:
    sizes = m.shape(x)
    strides = [1 if i == 0 else pick(m.random, 1, 2) for i in range(len(sizes))]
    count = [-(-n // step) for n, step in zip(sizes, strides, strict=True)]
    constants = [m.graph.constant(v) for v in ([0] * len(sizes), list(sizes), strides)]
    q = m.quantization(x)
    return m.graph.op("STRIDED_SLICE", [x, *constants], count, "int8", *q, BeginMask=0)


def _resize(name: str) -> Step:
    def step(m: Maker, x: int) -> int | None:
        if len(m.shape(x)) != 4 or elements(m.shape(x)) > LARGEST // 4:
            return None
        batch, height, width, depth = m.shape(x)
        size = m.graph.constant([2 * height, 2 * width])
        sizes = (batch, 2 * height, 2 * width, depth)
        return m.graph.op(name, [x, size], sizes, "int8", *m.quantization(x), HalfPixelCenters=True)

    return step


def _space_to_depth(m: Maker, x: int) -> int | None:
    if len(m.shape(x)) != 4 or m.shape(x)[1] % 2 or m.shape(x)[2] % 2:
        return None
    batch, height, width, depth = m.shape(x)
    sizes = (batch, height // 2, width // 2, 4 * depth)
    return m.graph.op("SPACE_TO_DEPTH", [x], sizes, "int8", *m.quantization(x), BlockSize=2)


STEPS: tuple[Step, ...] = (
    _convolution,
    _convolution,
    _depthwise,
    _transpose_conv,
    _fully_connected,
    _pool("AVERAGE_POOL_2D"),
    _pool("MAX_POOL_2D"),
    *(_binary(name) for name in ("ADD", "SUB", "MUL")),
    _unary("RELU"),
    _relu6,
    _unary("LEAKY_RELU", Alpha=0.25),
    _unary("HARD_SWISH"),
    _unary("LOGISTIC", (1 / 256, -128)),
    _unary("TANH", (1 / 128, 0)),
    _unary("QUANTIZE"),
    _softmax,
    _mean,
    _pad,
    _concatenation,
    _transpose,
    _flatten,
    _slice,
    _stride,
    _resize("RESIZE_NEAREST_NEIGHBOR"),
    _resize("RESIZE_BILINEAR"),
    _space_to_depth,
    _log_softmax,
    _reverse,
    _mirror_pad,
    _prelu,
    _unary("ABS"),
    _unary("ELU"),
    _binary("SQUARED_DIFFERENCE"),
    *(_extreme(name) for name in ("MAXIMUM", "MINIMUM")),
    *(_reduce(name) for name in ("REDUCE_MAX", "REDUCE_MIN")),
    *(_real(name) for name in ("NEG", "SQUARE", "ROUND", "HARD_SWISH")),
    *(_wide(name) for name in ("ABS", "RELU")),
    *(_wide(name, **_SLID) for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D")),
    *(_wide(name, 1 / 32768) for name in ("LOGISTIC", "TANH")),
)
