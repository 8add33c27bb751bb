from ..graph import RELU, RELU6, RELU_N1_TO_1, Graph
from .registry import Random, case, pick, quantization, scale, shape, zero


def _shapes(random: Random) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Two that meet, and where."""
    output = shape(random, pick(random, 1, 4), 9)
    kind = pick(random, 0, 3)
    if kind == 0:
        return output, output, output
    if kind == 1:
        cut = pick(random, 0, len(output) - 1)
        return output, output[cut:], output
    first = tuple(1 if random.random() < 0.3 else n for n in output)
    second = tuple(
        n if f == 1 or random.random() < 0.6 else 1 for f, n in zip(first, output, strict=True)
    )
    return first, second, output


def _activation(random: Random) -> int:
    return int(random.choice([0, 0, RELU, RELU6, RELU_N1_TO_1]))


def _graph(
    random: Random, dtype: str, name: str, *, fused: bool = True, near: bool = False
) -> Graph:
    g = Graph()
    a, b, output = _shapes(random)
    q = [quantization(random, dtype) for _ in range(3)]
    if near and dtype == "int8":
        scales = sorted(scale(random, 0.01, 0.05) for _ in range(3))
        q = [(scales[0], zero(random)), (scales[1], zero(random)), (scales[2], zero(random))]
    inputs = [g.input(a, dtype, *q[0]), g.input(b, dtype, *q[1])]
    fused = fused and dtype != "int32"
    options = {"FusedActivationFunction": _activation(random)} if fused else {}
    g.op(name, inputs, output, dtype, *q[2], **options)
    return g


@case("ADD", "int8", "int16", "int32", "float32")
def add(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "ADD")


@case("SUB", "int8", "int16", "int32", "float32")
def sub(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "SUB")


@case("MUL", "int8", "int16", "int32", "float32")
def mul(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "MUL")


@case("MAXIMUM", "int8", "int16", "int32", "float32")
def maximum(random: Random, dtype: str) -> Graph:
    return _extreme(random, dtype, "MAXIMUM")


@case("MINIMUM", "int8", "int16", "int32", "float32")
def minimum(random: Random, dtype: str) -> Graph:
    return _extreme(random, dtype, "MINIMUM")


def _extreme(random: Random, dtype: str, name: str) -> Graph:
    g = Graph()
    a, b, output = _shapes(random)
    q = quantization(random, dtype)
    g.op(name, [g.input(a, dtype, *q), g.input(b, dtype, *q)], output, dtype, *q)
    return g


@case("SQUARED_DIFFERENCE", "int8", "int16", "float32")
def squared_difference(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "SQUARED_DIFFERENCE", fused=False, near=True)


@case("DIV", "float32", "int8")
def div(random: Random, dtype: str) -> Graph:
    if dtype == "float32":
        return _graph(random, dtype, "DIV")
    g = Graph()
    a, b, output = _shapes(random)
    q = [quantization(random, dtype) for _ in range(3)]
    divisors = random.integers(-128, 128, b)
    divisors[divisors == q[1][1]] = -128 if q[1][1] > 0 else 127
    inputs = [g.input(a, dtype, *q[0])]
    if random.random() < 0.5:
        inputs.append(g.constant(divisors, dtype, q[1][:1], q[1][1]))
    else:
        inputs.append(_without_zero(g, b, *q[1]))
    g.op("DIV", inputs, output, dtype, *q[2], FusedActivationFunction=_activation(random))
    return g


def _without_zero(g: Graph, sizes: tuple[int, ...], q: float, z: int) -> int:
    """What comes in, and another number where it is 0."""
    x = g.input(sizes, "int8", q, z)
    none, other = (g.constant(value, "int8", [q], z) for value in (z, z + 1 if z < 127 else z - 1))
    is_none = g.op("EQUAL", [x, none], sizes, "bool")
    return g.op("SELECT_V2", [is_none, other, x], sizes, "int8", q, z)


@case("FLOOR_MOD", "float32")
def floor_mod(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "FLOOR_MOD", fused=False)


@case("SELECT_V2", "int8", "int16", "float32")
def select(random: Random, dtype: str) -> Graph:
    g = Graph()
    a, b, both = _shapes(random)
    condition = tuple(1 if random.random() < 0.3 else n for n in both)
    condition = condition[pick(random, 0, len(both) - 1) if random.random() < 0.3 else 0 :]
    q = quantization(random, dtype)
    inputs = [g.input(condition, "bool"), g.input(a, dtype, *q), g.input(b, dtype, *q)]
    g.op("SELECT_V2", inputs, both, dtype, *q)
    return g


def _relation(random: Random, dtype: str, name: str) -> Graph:
    g = Graph()
    a, b, output = _shapes(random)
    inputs = [g.input(sizes, dtype, *quantization(random, dtype)) for sizes in (a, b)]
    g.op(name, inputs, output, "bool")
    return g


ORDERED = ("int8", "int32", "int64", "float32")


@case("EQUAL", "bool", *ORDERED)
def equal(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "EQUAL")


@case("NOT_EQUAL", "bool", *ORDERED)
def not_equal(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "NOT_EQUAL")


@case("GREATER", *ORDERED)
def greater(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "GREATER")


@case("GREATER_EQUAL", *ORDERED)
def greater_equal(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "GREATER_EQUAL")


@case("LESS", *ORDERED)
def less(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "LESS")


@case("LESS_EQUAL", *ORDERED)
def less_equal(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "LESS_EQUAL")


@case("LOGICAL_AND", "bool")
def logical_and(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "LOGICAL_AND")


@case("LOGICAL_OR", "bool")
def logical_or(random: Random, dtype: str) -> Graph:
    return _relation(random, dtype, "LOGICAL_OR")
