import numpy as np

from ..graph import Graph
from .registry import Random, case, pick, quantization, scale, shape, zero

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
    x = g.input(EVERY if dtype in ("int8", "int16") else shape(random, 3), dtype, *q)
    sizes = g.tensors[x].shape
    g.op(name, [x], sizes, dtype, *out, **options)
    return g


@case("RELU", "int8", "int16", "float32")
def relu(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "RELU")


@case("RELU6", "int8", "int16", "float32")
def relu6(random: Random, dtype: str) -> Graph:
    g = Graph()
    q = quantization(random, dtype)
    g.op("RELU6", [g.input(EVERY, dtype, *q)], EVERY, dtype, *q)
    return g


@case("LEAKY_RELU", "int8", "int16", "float32")
def leaky_relu(random: Random, dtype: str) -> Graph:
    alpha = float(np.float32(random.choice([0.01, 0.1, 0.2, 0.3, 1.5, -0.2])))
    return _graph(random, dtype, "LEAKY_RELU", Alpha=alpha)


@case("ELU", "int8", "float32")
def elu(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "ELU")


@case("HARD_SWISH", "int8", "float32")
def hard_swish(random: Random, dtype: str) -> Graph:
    if dtype == "float32":
        return _graph(random, dtype, "HARD_SWISH")
    g = Graph()
    q = scale(random, 0.005, 0.2)
    out = float(np.float32(q * random.uniform(0.2, 3)))
    x = g.input(EVERY, dtype, q, zero(random))
    g.op("HARD_SWISH", [x], EVERY, dtype, out, zero(random))
    return g


def _curve(random: Random, dtype: str, name: str, output: tuple[float, int]) -> Graph:
    if dtype != "int16":
        return _graph(random, dtype, name, output if dtype == "int8" else None)
    g = Graph()
    power = 2.0 ** -pick(random, 10, 14)
    q = power if random.random() < 0.5 else scale(random, 1e-5, 1e-2)
    g.op(name, [g.input(EVERY, dtype, q)], EVERY, dtype, 1 / 32768)
    return g


@case("LOGISTIC", "int8", "int16", "float32")
def logistic(random: Random, dtype: str) -> Graph:
    return _curve(random, dtype, "LOGISTIC", (1 / 256, -128))


@case("TANH", "int8", "int16", "float32")
def tanh(random: Random, dtype: str) -> Graph:
    return _curve(random, dtype, "TANH", (1 / 128, 0))


@case("ABS", "int8", "int16", "float32")
def absolute(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "ABS")


@case("RSQRT", "int8", "int16", "float32")
def rsqrt(random: Random, dtype: str) -> Graph:
    if dtype == "float32":
        return _of_positive(random, dtype, "RSQRT")
    g = Graph()
    if dtype == "int16":
        q = scale(random, 1e-5, 1e-2)
        x = g.op("ABS", [g.input(EVERY, dtype, q)], EVERY, dtype, scale(random, q / 2, q * 99))
        g.op("RSQRT", [x], EVERY, dtype, scale(random, 1e-4, 1e-2))
        return g
    x = g.input(EVERY, dtype, scale(random), -128)
    g.op("RSQRT", [x], EVERY, dtype, scale(random), zero(random))
    return g


def _of_positive(random: Random, dtype: str, name: str) -> Graph:
    g = _graph(random, dtype, name)
    g.tensors[g.inputs[0]].positive = True
    return g


@case("SQRT", "float32")
def sqrt(random: Random, dtype: str) -> Graph:
    return _of_positive(random, dtype, "SQRT")


@case("LOG", "float32")
def log(random: Random, dtype: str) -> Graph:
    return _of_positive(random, dtype, "LOG")


@case("NEG", "float32")
def neg(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "NEG")


@case("SQUARE", "float32")
def square(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "SQUARE")


@case("EXP", "float32")
def exp(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "EXP")


@case("SIN", "float32")
def sin(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "SIN")


@case("COS", "float32")
def cos(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "COS")


@case("FLOOR", "float32")
def floor(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "FLOOR")


@case("CEIL", "float32")
def ceil(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "CEIL")


@case("ROUND", "float32")
def round_(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "ROUND")


@case("LOGICAL_NOT", "bool")
def logical_not(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "LOGICAL_NOT")
