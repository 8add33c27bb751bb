from ..graph import Graph
from .registry import Random, case, pick, quantization, shape


def _graph(random: Random, dtype: str, name: str, *, rescaled: bool = True) -> Graph:
    g = Graph()
    if random.random() < 0.5:  # over all pixels, as networks end
        sizes = (pick(random, 1, 2), pick(random, 1, 20), pick(random, 1, 20), pick(random, 1, 9))
        axes = [1, 2]
    else:
        sizes = shape(random, pick(random, 1, 4), 9)
        axes = [i for i in range(len(sizes)) if random.random() < 0.5] or [0]
    keep = random.random() < 0.5
    reduced = [1 if i in axes else n for i, n in enumerate(sizes) if keep or i not in axes]
    signed = [axis - len(sizes) if random.random() < 0.3 else axis for axis in axes]
    q = quantization(random, dtype)
    out = quantization(random, dtype) if rescaled and random.random() < 0.7 else q
    x = g.input(sizes, dtype, *q)
    g.op(name, [x, g.constant(signed)], reduced, dtype, *out, table="ReducerOptions", KeepDims=keep)
    return g


@case("MEAN", "int8", "int16", "float32")
def mean(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "MEAN")


@case("SUM", "int8", "int16", "float32")
def total(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "SUM")


@case("REDUCE_MAX", "int8", "float32")
def greatest(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "REDUCE_MAX", rescaled=False)


@case("REDUCE_MIN", "int8", "float32")
def least(random: Random, dtype: str) -> Graph:
    return _graph(random, dtype, "REDUCE_MIN", rescaled=False)
