"""Convolutions, fully connected layers and pools: layers with windows or weights."""

from math import ceil

import numpy as np

from ..graph import RELU, RELU6, SAME, Graph
from .registry import Random, case, elements, pick, scale, zero

ACTIVATIONS = (0, 0, RELU, RELU6)


def _input(random: Random, g: Graph, sizes: tuple[int, ...], dtype: str) -> tuple[int, float]:
    if dtype == "float32":
        return g.input(sizes, dtype), 0.0
    q = scale(random)
    return g.input(sizes, dtype, q, zero(random, dtype)), q


def weigh(
    random: Random, g: Graph, sizes: tuple[int, ...], axis: int, dtype: str, per_channel: bool
) -> tuple[int, tuple[float, ...]]:
    """Weights, symmetric: a scale for each channel along `axis`, or one."""
    if dtype == "float32":
        return g.constant(random.normal(0, 0.5, sizes), "float32"), ()
    count = sizes[axis] if per_channel else 1
    scales = tuple(scale(random, 0.002, 0.02) for _ in range(count))
    values = random.integers(-127, 128, sizes)
    return g.constant(values, "int8", scales, 0, axis), scales


def bias(
    random: Random, g: Graph, count: int, input_scale: float, scales: tuple[float, ...], dtype: str
) -> int:
    if dtype == "float32":
        return g.constant(random.normal(0, 1, count), "float32")
    each = [input_scale * s for s in scales]
    # Now and then a bias so great that sums saturate.
    wide = 10_000_000 if random.random() < 0.1 else 10_000
    kind = "int32" if dtype == "int8" else "int64"
    return g.constant(random.integers(-wide, wide, count), kind, each)


def _output(random: Random, dtype: str, fan_in: int) -> tuple[float, int]:
    """A quantization that most sums fit in."""
    if dtype == "float32":
        return 0.0, 0
    wide = 40 * np.sqrt(fan_in) if dtype == "int8" else 40 * 200 * np.sqrt(fan_in) / 256
    return float(np.float32(scale(random, 0.003, 0.1) * wide * 0.02)), zero(random, dtype)


def _window(random: Random, size: int, most: int) -> tuple[int, int, int]:
    """Kernel, stride and dilation along a dimension, within `size`."""
    kernel = pick(random, 1, min(most, size))
    dilation = pick(random, 1, 3) if random.random() < 0.3 else 1
    while (kernel - 1) * dilation + 1 > size:
        dilation -= 1
    return kernel, pick(random, 1, 3), dilation


def _outputs(size: int, kernel: int, stride: int, dilation: int, padding: int) -> int:
    reach = (kernel - 1) * dilation + 1
    return ceil(size / stride) if padding == SAME else (size - reach) // stride + 1


@case("CONV_2D", "int8", "int16", "float32")
def convolution(random: Random, dtype: str) -> Graph:
    g = Graph()
    height, width = pick(random, 1, 9), pick(random, 1, 9)
    groups = pick(random, 1, 3) if random.random() < 0.25 and dtype == "int8" else 1
    depth, channels = groups * pick(random, 1, 9), groups * pick(random, 1, 9)
    (kh, sh, dh), (kw, sw, dw) = _window(random, height, 5), _window(random, width, 5)
    padding = pick(random, 0, 1)
    batches = pick(random, 1, 2)
    x, q = _input(random, g, (batches, height, width, depth), dtype)
    w, scales = weigh(
        random, g, (channels, kh, kw, depth // groups), 0, dtype, random.random() < 0.7
    )
    inputs = [x, w, bias(random, g, channels, q, scales, dtype)]
    if random.random() < 0.2:
        inputs[2] = -1
    output = (
        batches,
        _outputs(height, kh, sh, dh, padding),
        _outputs(width, kw, sw, dw, padding),
        channels,
    )
    g.op(
        "CONV_2D",
        inputs,
        output,
        dtype,
        *_output(random, dtype, kh * kw * depth // groups),
        version=3,
        Padding=padding,
        StrideH=sh,
        StrideW=sw,
        DilationHFactor=dh,
        DilationWFactor=dw,
        FusedActivationFunction=int(random.choice(ACTIVATIONS)),
        table="Conv2DOptions",
    )
    return g


@case("DEPTHWISE_CONV_2D", "int8", "int16", "float32")
def depthwise(random: Random, dtype: str) -> Graph:
    g = Graph()
    height, width = pick(random, 1, 9), pick(random, 1, 9)
    depth = pick(random, 1, 3) * int(random.choice([1, 4]))
    multiplier = pick(random, 1, 3) if random.random() < 0.3 else 1
    channels = depth * multiplier
    (kh, sh, dh), (kw, sw, dw) = _window(random, height, 4), _window(random, width, 4)
    if dtype == "float32":
        dh = dw = 1
    padding = pick(random, 0, 1)
    batches = pick(random, 1, 2)
    x, q = _input(random, g, (batches, height, width, depth), dtype)
    w, scales = weigh(random, g, (1, kh, kw, channels), 3, dtype, random.random() < 0.7)
    output = (
        batches,
        _outputs(height, kh, sh, dh, padding),
        _outputs(width, kw, sw, dw, padding),
        channels,
    )
    g.op(
        "DEPTHWISE_CONV_2D",
        [x, w, bias(random, g, channels, q, scales, dtype)],
        output,
        dtype,
        *_output(random, dtype, kh * kw),
        version=3,
        Padding=padding,
        StrideH=sh,
        StrideW=sw,
        DepthMultiplier=multiplier,
        DilationHFactor=dh,
        DilationWFactor=dw,
        FusedActivationFunction=int(random.choice(ACTIVATIONS)),
        table="DepthwiseConv2DOptions",
    )
    return g


@case("FULLY_CONNECTED", "int8", "int16", "float32")
def fully_connected(random: Random, dtype: str) -> Graph:
    g = Graph()
    depth, channels = pick(random, 1, 40), pick(random, 1, 20)
    lead = tuple(pick(random, 1, 3) for _ in range(pick(random, 1, 3)))
    x, q = _input(random, g, (*lead, depth), dtype)
    w, scales = weigh(random, g, (channels, depth), 0, dtype, random.random() < 0.7)
    inputs = [x, w, bias(random, g, channels, q, scales, dtype)]
    if random.random() < 0.4:
        inputs[2] = -1
    keep = random.random() < 0.5
    output = (*lead, channels) if keep else (elements(lead), channels)
    g.op(
        "FULLY_CONNECTED",
        inputs,
        output,
        dtype,
        *_output(random, dtype, depth),
        version=4,
        FusedActivationFunction=int(random.choice(ACTIVATIONS)),
        KeepNumDims=keep,
    )
    return g


def _pool(random: Random, dtype: str, name: str) -> Graph:
    g = Graph()
    sizes = (pick(random, 1, 2), pick(random, 1, 9), pick(random, 1, 9), pick(random, 1, 9))
    padding = pick(random, 0, 1)
    kh = pick(random, 1, sizes[1])
    kw = pick(random, 1, sizes[2])
    sh, sw = pick(random, 1, 3), pick(random, 1, 3)
    q = (scale(random), zero(random, dtype)) if dtype != "float32" else (0.0, 0)
    x = g.input(sizes, dtype, *q)
    output = (
        sizes[0],
        _outputs(sizes[1], kh, sh, 1, padding),
        _outputs(sizes[2], kw, sw, 1, padding),
        sizes[3],
    )
    g.op(
        name,
        [x],
        output,
        dtype,
        *q,
        version=2,
        table="Pool2DOptions",
        Padding=padding,
        StrideH=sh,
        StrideW=sw,
        FilterHeight=kh,
        FilterWidth=kw,
        FusedActivationFunction=int(random.choice(ACTIVATIONS)),
    )
    return g


@case("AVERAGE_POOL_2D", "int8", "int16", "float32")
def average_pool(random: Random, dtype: str) -> Graph:
    return _pool(random, dtype, "AVERAGE_POOL_2D")


@case("MAX_POOL_2D", "int8", "int16", "float32")
def max_pool(random: Random, dtype: str) -> Graph:
    return _pool(random, dtype, "MAX_POOL_2D")


@case("TRANSPOSE_CONV", "int8", "int16", "float32")
def transpose_conv(random: Random, dtype: str) -> Graph:
    g = Graph()
    height, width, depth = pick(random, 1, 5), pick(random, 1, 5), pick(random, 1, 9)
    channels, batches = pick(random, 1, 9), pick(random, 1, 2)
    kh, kw = pick(random, 1, 4), pick(random, 1, 4)
    sh, sw = pick(random, 1, 3), pick(random, 1, 3)
    padding = pick(random, 0, 1)

    def outputs(size: int, kernel: int, stride: int) -> int:
        return size * stride if padding == SAME else (size - 1) * stride + max(kernel, stride)

    x, q = _input(random, g, (batches, height, width, depth), dtype)
    w, scales = weigh(random, g, (channels, kh, kw, depth), 0, dtype, random.random() < 0.7)
    output = (batches, outputs(height, kh, sh), outputs(width, kw, sw), channels)
    inputs = [g.constant(output), w, x]
    if random.random() < 0.7:
        inputs.append(bias(random, g, channels, q, scales, dtype))
    g.op(
        "TRANSPOSE_CONV",
        inputs,
        output,
        dtype,
        *_output(random, dtype, kh * kw * depth),
        version=3,
        Padding=padding,
        StrideH=sh,
        StrideW=sw,
    )
    return g
