"""Conversions, choices, resizing, matrices, normalization and recurrence."""

from ..graph import RELU, RELU6, Graph, Tensor
from .layers import weigh
from .registry import Random, case, pick, quantization, scale, shape, zero

_QUANTIZED = {
    "int8": ("int8", "int16", "uint8"),
    "int16": ("int8",),
    "uint8": ("int8",),
    "float32": ("int8", "int16"),
}


@case("QUANTIZE", *_QUANTIZED)
def quantize(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, 3)
    to = str(random.choice(_QUANTIZED[dtype]))
    x = g.input(sizes, dtype, *quantization(random, dtype))
    g.op("QUANTIZE", [x], sizes, to, *quantization(random, to))
    return g


@case("DEQUANTIZE", "int8", "uint8", "int16")
def dequantize(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, 3)
    g.op("DEQUANTIZE", [g.input(sizes, dtype, *quantization(random, dtype))], sizes, "float32")
    return g


@case("CAST", "int8", "int16", "int32", "float32", "bool")
def cast(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, 3)
    to = str(random.choice([t for t in ("int8", "int16", "int32", "float32") if t != dtype]))
    g.op("CAST", [g.input(sizes, dtype)], sizes, to)
    return g


def _arg(random: Random, dtype: str, name: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    axis = pick(random, 0, len(sizes) - 1)
    signed = axis - len(sizes) if random.random() < 0.3 else axis
    x = g.input(sizes, dtype, *quantization(random, dtype))
    output = (*sizes[:axis], *sizes[axis + 1 :])
    g.op(name, [x, g.constant(signed)], output, "int32", OutputType=2)
    return g


@case("ARG_MAX", "int8", "float32")
def arg_max(random: Random, dtype: str) -> Graph:
    return _arg(random, dtype, "ARG_MAX")


@case("ARG_MIN", "int8", "float32")
def arg_min(random: Random, dtype: str) -> Graph:
    return _arg(random, dtype, "ARG_MIN")


@case("GATHER", "int8", "float32")
def gather(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    axis = pick(random, 0, len(sizes) - 1)
    wanted = random.integers(0, sizes[axis], shape(random, pick(random, 1, 2), 3))
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    output = (*sizes[:axis], *wanted.shape, *sizes[axis + 1 :])
    g.op("GATHER", [x, g.constant(wanted)], output, dtype, *q, Axis=axis)
    return g


def _resize(random: Random, dtype: str, name: str) -> Graph:
    g = Graph()
    sizes = shape(random, 4)
    height, width = pick(random, 1, 12), pick(random, 1, 12)
    kind = pick(random, 0, 2)
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    g.op(
        name,
        [x, g.constant([height, width])],
        (sizes[0], height, width, sizes[3]),
        dtype,
        *q,
        AlignCorners=kind == 1,
        HalfPixelCenters=kind == 2,
    )
    return g


@case("RESIZE_NEAREST_NEIGHBOR", "int8", "int16", "float32")
def resize_nearest(random: Random, dtype: str) -> Graph:
    return _resize(random, dtype, "RESIZE_NEAREST_NEIGHBOR")


@case("RESIZE_BILINEAR", "int8", "float32")
def resize_bilinear(random: Random, dtype: str) -> Graph:
    return _resize(random, dtype, "RESIZE_BILINEAR")


@case("BATCH_MATMUL", "int8", "int16", "float32")
def batch_matmul(random: Random, dtype: str) -> Graph:
    g = Graph()
    lead = shape(random, pick(random, 0, 2), 3)
    rows, depth, columns = (pick(random, 1, 8) for _ in range(3))
    adj_x, adj_y = (bool(random.random() < 0.4) for _ in range(2))
    a = (depth, rows) if adj_x else (rows, depth)
    b = (columns, depth) if adj_y else (depth, columns)
    x = g.input((*lead, *a), dtype, *quantization(random, dtype))
    y = g.input((*lead, *b), dtype, *quantization(random, dtype))
    output = scale(random, 0.05, 0.5) if dtype != "float32" else 0.0
    g.op(
        "BATCH_MATMUL",
        [x, y],
        (*lead, rows, columns),
        dtype,
        output,
        zero(random, dtype) if output else 0,
        AdjX=adj_x,
        AdjY=adj_y,
    )
    return g


_SOFTMAX = {"int8": (1 / 256, -128), "int16": (1 / 32768, 0), "float32": (0.0, 0)}


@case("SOFTMAX", *_SOFTMAX)
def softmax(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 3), 20)
    q = {
        "int8": (scale(random, 0.01, 2), zero(random)),
        "int16": (scale(random, 1e-5, 1e-2), 0),
        "float32": (0.0, 0),
    }[dtype]
    out = _SOFTMAX[dtype]
    g.op("SOFTMAX", [g.input(sizes, dtype, *q)], sizes, dtype, *out, Beta=1.0)
    return g


@case("LOG_SOFTMAX", "int8", "float32")
def log_softmax(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 3), 20)
    q = (scale(random, 0.01, 2), zero(random)) if dtype == "int8" else (0.0, 0)
    out = (16 / 256, 127) if dtype == "int8" else (0.0, 0)
    g.op("LOG_SOFTMAX", [g.input(sizes, dtype, *q)], sizes, dtype, *out)
    return g


@case("L2_NORMALIZATION", "int8", "float32")
def l2_normalization(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 2, 4), 20)
    out = (1 / 128, 0) if dtype == "int8" else (0.0, 0)
    x = g.input(sizes, dtype, *quantization(random, dtype))
    g.op("L2_NORMALIZATION", [x], sizes, dtype, *out, table="L2NormOptions")
    return g


@case("PRELU", "int8", "float32")
def prelu(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, 4)
    alpha = (1, 1, sizes[3])
    if dtype == "int8":
        slopes, _ = weigh(random, g, alpha, 0, dtype, False)
        g.tensors[slopes].zero_point = zero(random)
    else:
        slopes = g.constant(random.normal(0, 1, alpha), "float32")
    x = g.input(sizes, dtype, *quantization(random, dtype))
    g.op("PRELU", [x, slopes], sizes, dtype, *quantization(random, dtype))
    return g


@case("SVDF", "int8", "float32")
def svdf(random: Random, dtype: str) -> Graph:
    g = Graph()
    batches, inputs, memory = pick(random, 1, 2), pick(random, 1, 10), pick(random, 1, 8)
    rank, units = pick(random, 1, 2), pick(random, 1, 6)
    filters = rank * units
    if dtype == "float32":
        return _float_svdf(random, batches, inputs, memory, rank, units)
    x = g.input((batches, inputs), dtype, scale(random), zero(random))
    feature, _ = weigh(random, g, (filters, inputs), 0, dtype, False)
    time = g.constant(
        random.integers(-32767, 32768, (filters, memory)), "int16", [scale(random, 1e-5, 1e-4)]
    )
    bias = g.constant(random.integers(-9000, 9000, units), "int32", [scale(random, 1e-7, 1e-6)])
    state = g.add(
        Tensor((batches, memory * filters), "int16", (scale(random, 1e-4, 1e-3),), variable=True)
    )
    inputs_of = [x, feature, time, bias, state]
    g.op(
        "SVDF",
        inputs_of,
        (batches, units),
        dtype,
        scale(random),
        zero(random),
        table="SVDFOptions",
        Rank=rank,
        FusedActivationFunction=RELU,
    )
    return g


def _float_svdf(
    random: Random, batches: int, inputs: int, memory: int, rank: int, units: int
) -> Graph:
    g, filters = Graph(), rank * units
    sizes = [(filters, inputs), (filters, memory), (units,)]
    parts = [g.constant(random.normal(0, 1, each), "float32") for each in sizes]
    state = g.add(Tensor((batches, memory * filters), "float32", variable=True))
    g.op(
        "SVDF",
        [g.input((batches, inputs), "float32"), *parts, state],
        (batches, units),
        "float32",
        table="SVDFOptions",
        Rank=rank,
        FusedActivationFunction=int(random.choice([0, RELU, RELU6])),
    )
    return g


@case("UNIDIRECTIONAL_SEQUENCE_LSTM", "int8")
def lstm(random: Random, dtype: str) -> Graph:
    g = Graph()
    batches, times, inputs, units = (pick(random, 1, n) for n in (2, 5, 9, 9))
    time_major = bool(random.random() < 0.3)
    lead = (times, batches) if time_major else (batches, times)
    x = g.input((*lead, inputs), dtype, scale(random, 0.01, 0.1), zero(random))
    weights = [weigh(random, g, (units, inputs), 0, dtype, False)[0] for _ in range(4)]
    recurrent = [weigh(random, g, (units, units), 0, dtype, False)[0] for _ in range(4)]
    biases = [g.constant(random.integers(-5000, 5000, units), "int32", [1e-4]) for _ in range(4)]
    q = (1 / 128, zero(random))
    hidden = g.add(Tensor((batches, units), "int8", (q[0],), q[1], variable=True))
    power = float(2.0 ** -pick(random, 10, 13))
    cell = g.add(Tensor((batches, units), "int16", (power,), variable=True))
    none = [-1]
    g.op(
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        [x, *weights, *recurrent, *none * 3, *biases, *none * 2, hidden, cell, *none * 4],
        (*lead, units),
        dtype,
        *q,
        table="UnidirectionalSequenceLSTMOptions",
        FusedActivationFunction=4,
        CellClip=float(random.choice([0.0, 4.0])),
        TimeMajor=time_major,
    )
    return g
