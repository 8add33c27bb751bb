from ..graph import Graph, Tensor
from .registry import ANY, MOVED, Random, case, pick, quantization, shape


@case("CONCATENATION", *MOVED)
def concatenation(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    axis = pick(random, 0, len(sizes) - 1)
    q = quantization(random, dtype)
    parts = [pick(random, 1, 5) for _ in range(pick(random, 1, 4))]
    inputs = [g.input((*sizes[:axis], n, *sizes[axis + 1 :]), dtype, *q) for n in parts]
    output = (*sizes[:axis], sum(parts), *sizes[axis + 1 :])
    signed = axis - len(sizes) if random.random() < 0.3 else axis
    g.op("CONCATENATION", inputs, output, dtype, *q, Axis=signed)
    return g


@case("PACK", *ANY)
def pack(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 0, 3))
    axis = pick(random, 0, len(sizes))
    q = quantization(random, dtype)
    count = pick(random, 1, 4)
    inputs = [g.input(sizes, dtype, *q) for _ in range(count)]
    output = (*sizes[:axis], count, *sizes[axis:])
    g.op("PACK", inputs, output, dtype, *q, ValuesCount=count, Axis=axis)
    return g


def _outputs(g: Graph, sizes: list[tuple[int, ...]], dtype: str, q: tuple[float, int]) -> list[int]:
    scales = (q[0],) if q[0] else ()
    return [g.add(Tensor(size, dtype, scales, q[1])) for size in sizes]


@case("UNPACK", *ANY)
def unpack(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    axis = pick(random, 0, len(sizes) - 1)
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    g.outputs = _outputs(g, [(*sizes[:axis], *sizes[axis + 1 :])] * sizes[axis], dtype, q)
    g.node("UNPACK", [x], g.outputs, Num=sizes[axis], Axis=axis)
    return g


@case("SPLIT", *ANY)
def split(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    axis = pick(random, 0, len(sizes) - 1)
    count = pick(random, 1, 4)
    q = quantization(random, dtype)
    part = sizes[axis]
    x = g.input((*sizes[:axis], part * count, *sizes[axis + 1 :]), dtype, *q)
    g.outputs = _outputs(g, [sizes] * count, dtype, q)
    g.node("SPLIT", [g.constant(axis), x], g.outputs, NumSplits=count)
    return g


@case("SPLIT_V", *ANY)
def split_v(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    axis = pick(random, 0, len(sizes) - 1)
    parts = [pick(random, 1, 4) for _ in range(pick(random, 1, 4))]
    q = quantization(random, dtype)
    x = g.input((*sizes[:axis], sum(parts), *sizes[axis + 1 :]), dtype, *q)
    g.outputs = _outputs(g, [(*sizes[:axis], n, *sizes[axis + 1 :]) for n in parts], dtype, q)
    g.node("SPLIT_V", [x, g.constant(parts), g.constant(axis)], g.outputs, NumSplits=len(parts))
    return g
