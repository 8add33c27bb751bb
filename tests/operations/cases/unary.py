import numpy as np

from ..graph import Graph
from .registry import Random, case, quantization, scale, shape, zero

EVERY = (1, 2, 8, 32)
"""Room for each value of int8 more than once."""


def _graph(
    random: Random,
    dtype: str,
    name: str,
    output: tuple[float, int] | None = None,
    **options: object,
) -> Graph:
    g = Graph()
    q = quantization(random, dtype)
    out = quantization(random, dtype) if output is None else output
    x = g.input(EVERY if dtype == "int8" else shape(random, 3), dtype, *q)
    sizes = g.tensors[x].shape
    g.op(name, [x], sizes, dtype, *out, **options)
    return g


@case("RELU", "int8", "float32")
def relu(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "RELU")


@case("RELU6", "int8", "float32")
def relu6(random: Random, dtype: str) -> Graph:
    g = Graph()
    q = quantization(random, dtype)
    g.op("RELU6", [g.input(EVERY, dtype, *q)], EVERY, dtype, *q)
    return g


@case("LEAKY_RELU", "int8")
def leaky_relu(random: Random, dtype: str) -> Graph:
    alpha = float(np.float32(random.choice([0.01, 0.1, 0.2, 0.3, 1.5])))
    return _graph(random, dtype, "LEAKY_RELU", Alpha=alpha)


@case("ELU", "int8")
def elu(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "ELU")


@case("HARD_SWISH", "int8")
def hard_swish(random: Random, dtype: str) -> Graph:
    g = Graph()
    q = scale(random, 0.005, 0.2)
    out = float(np.float32(q * random.uniform(0.2, 3)))
    x = g.input(EVERY, dtype, q, zero(random))
    g.op("HARD_SWISH", [x], EVERY, dtype, out, zero(random))
    return g


@case("LOGISTIC", "int8", "float32")
def logistic(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "LOGISTIC", (1 / 256, -128) if dtype == "int8" else None)


@case("TANH", "int8", "float32")
def tanh(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "TANH", (1 / 128, 0) if dtype == "int8" else None)


@case("ABS", "int8")
def absolute(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "ABS")


@case("RSQRT", "int8")
def rsqrt(random: Random, dtype: str) -> Graph:
    g = Graph()
    x = g.input(EVERY, dtype, scale(random), -128)
    g.op("RSQRT", [x], EVERY, dtype, scale(random), zero(random))
    return g
