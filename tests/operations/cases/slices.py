from ..graph import Graph
from .registry import ANY, MOVED, Random, case, elements, pick, quantization, scale, shape, zero


@case("SLICE", *ANY)
def slices(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 5))
    begin = [pick(random, 0, size - 1) for size in sizes]
    count = [pick(random, 1, size - first) for size, first in zip(sizes, begin, strict=True)]
    given = [-1 if random.random() < 0.3 else n for n in count]
    count = [
        size - first if n < 0 else n for size, first, n in zip(sizes, begin, given, strict=True)
    ]
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    g.op("SLICE", [x, g.constant(begin), g.constant(given)], count, dtype, *q)
    return g


@case("STRIDED_SLICE", *ANY)
def strided_slice(random: Random, dtype: str) -> Graph:
    sizes = shape(random, pick(random, 1, 4))
    begin, end, strides, count = [], [], [], []
    masks = {"BeginMask": 0, "EndMask": 0, "ShrinkAxisMask": 0}
    for i, size in enumerate(sizes):
        stride = int(random.choice([1, 1, 2, 3, -1, -2]))
        taken: list[int] = []
        first = last = 0
        while not taken:
            first, last = pick(random, -size - 2, size + 2), pick(random, -size - 2, size + 2)
            a = None if random.random() < 0.3 else first
            b = None if random.random() < 0.3 else last
            taken = list(range(size))[slice(a, b, stride)]
            masks["BeginMask"] &= ~(1 << i)
            masks["EndMask"] &= ~(1 << i)
            masks["BeginMask"] |= (a is None) << i
            masks["EndMask"] |= (b is None) << i
        if random.random() < 0.2:
            first = pick(random, -size, size - 1)
            last, stride = first + 1, 1
            masks["ShrinkAxisMask"] |= 1 << i
            masks["BeginMask"] &= ~(1 << i)
            masks["EndMask"] &= ~(1 << i)
        else:
            count.append(len(taken))
        begin.append(first)
        end.append(last)
        strides.append(stride)
    g = Graph()
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    constants = [g.constant(values) for values in (begin, end, strides)]
    g.op("STRIDED_SLICE", [x, *constants], count, dtype, *q, **masks)
    return g


@case("TRANSPOSE", "int8", "int16", "float32")
def transpose(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 5))
    order = [int(i) for i in random.permutation(len(sizes))]
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    g.op("TRANSPOSE", [x, g.constant(order)], [sizes[i] for i in order], dtype, *q)
    return g


@case("REVERSE_V2", *MOVED)
def reverse(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    first = pick(random, 0, len(sizes) - 1)
    axes = list(range(first, pick(random, first, len(sizes) - 1) + 1))
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    g.op("REVERSE_V2", [x, g.constant(axes)], sizes, dtype, *q)
    return g


@case("RESHAPE", *MOVED)
def reshape(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 4))
    target = [1, elements(sizes)]
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    given = [1, -1] if random.random() < 0.5 else target
    g.op("RESHAPE", [x, g.constant(given)], target, dtype, *q, NewShape=given)
    return g


@case("SQUEEZE", *ANY)
def squeeze(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 3))
    q = quantization(random, dtype)
    x = g.input((1, *sizes, 1), dtype, *q)
    dims = [0, len(sizes) + 1]
    g.op("SQUEEZE", [x], sizes, dtype, *q, SqueezeDims=dims)
    return g


@case("EXPAND_DIMS", "int8", "int16", "float32")
def expand_dims(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes = shape(random, pick(random, 1, 3))
    axis = pick(random, 0, len(sizes))
    q = quantization(random, dtype)
    x = g.input(sizes, dtype, *q)
    g.op(
        "EXPAND_DIMS",
        [x, g.constant([axis] if random.random() < 0.5 else axis)],
        (*sizes[:axis], 1, *sizes[axis:]),
        dtype,
        *q,
    )
    return g


@case("SPACE_TO_DEPTH", "int8", "float32")
def space_to_depth(random: Random, dtype: str) -> Graph:
    g = Graph()
    b, h, w, c = shape(random, 4, 4)
    block = pick(random, 1, 3)
    q = quantization(random, dtype)
    x = g.input((b, h * block, w * block, c), dtype, *q)
    g.op("SPACE_TO_DEPTH", [x], (b, h, w, c * block * block), dtype, *q, BlockSize=block)
    return g


@case("DEPTH_TO_SPACE", "int8", "float32")
def depth_to_space(random: Random, dtype: str) -> Graph:
    g = Graph()
    b, h, w, c = shape(random, 4, 4)
    block = pick(random, 1, 3)
    q = quantization(random, dtype)
    x = g.input((b, h, w, c * block * block), dtype, *q)
    g.op("DEPTH_TO_SPACE", [x], (b, h * block, w * block, c), dtype, *q, BlockSize=block)
    return g


@case("SPACE_TO_BATCH_ND", "int8", "float32")
def space_to_batch(random: Random, dtype: str) -> Graph:
    """Without paddings: tflite-micro of today fills them with whatever lies in its memory."""
    g = Graph()
    batch, depth = pick(random, 1, 3), pick(random, 1, 4)
    blocks = [pick(random, 1, 3), pick(random, 1, 3)]
    small = [pick(random, 1, 4), pick(random, 1, 4)]
    sizes = [n * block for n, block in zip(small, blocks, strict=True)]
    q = quantization(random, dtype)
    x = g.input((batch, *sizes, depth), dtype, *q)
    output = (batch * elements(blocks), *small, depth)
    paddings = g.constant([[0, 0], [0, 0]])
    g.op("SPACE_TO_BATCH_ND", [x, g.constant(blocks), paddings], output, dtype, *q)
    return g


@case("BATCH_TO_SPACE_ND", "int8", "float32")
def batch_to_space(random: Random, dtype: str) -> Graph:
    g = Graph()
    batch, depth = pick(random, 1, 3), pick(random, 1, 4)
    spatial = 2
    blocks = [pick(random, 1, 3) for _ in range(spatial)]
    small = [pick(random, 1, 4) for _ in range(spatial)]
    crops, sizes = [], []
    for n, block in zip(small, blocks, strict=True):
        before = pick(random, 0, min(3, n * block - 1))
        after = pick(random, 0, min(3, n * block - 1 - before))
        crops.append([before, after])
        sizes.append(n * block - before - after)
    q = quantization(random, dtype)
    x = g.input((batch * elements(blocks), *small, depth), dtype, *q)
    output = (batch, *sizes, depth)
    g.op("BATCH_TO_SPACE_ND", [x, g.constant(blocks), g.constant(crops)], output, dtype, *q)
    return g


def _padded(random: Random, rank: int, most: int) -> tuple[tuple[int, ...], list[list[int]]]:
    sizes = shape(random, rank)
    return sizes, [[pick(random, 0, most), pick(random, 0, most)] for _ in sizes]


@case("PAD", *ANY)
def pad(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes, paddings = _padded(random, pick(random, 1, 4), 3)
    q = quantization(random, dtype)
    output = [n + a + b for n, (a, b) in zip(sizes, paddings, strict=True)]
    g.op("PAD", [g.input(sizes, dtype, *q), g.constant(paddings)], output, dtype, *q)
    return g


@case("PADV2", *ANY)
def padv2(random: Random, dtype: str) -> Graph:
    g = Graph()
    sizes, paddings = _padded(random, pick(random, 1, 4), 3)
    q = quantization(random, dtype)
    output = [n + a + b for n, (a, b) in zip(sizes, paddings, strict=True)]
    scales = (q[0],) if q[0] else ()
    value = g.constant(pick(random, -128, 127), dtype, scales, q[1])
    g.op("PADV2", [g.input(sizes, dtype, *q), g.constant(paddings), value], output, dtype, *q)
    return g


@case("MIRROR_PAD", "int8", "float32")
def mirror_pad(random: Random, dtype: str) -> Graph:
    g = Graph()
    reflect = pick(random, 0, 1) == 0
    sizes = tuple(pick(random, 1, 6) for _ in range(pick(random, 1, 4)))
    most = [n - 1 if reflect else n for n in sizes]
    paddings = [[pick(random, 0, n), pick(random, 0, n)] for n in most]
    output = [n + a + b for n, (a, b) in zip(sizes, paddings, strict=True)]
    q = (scale(random), zero(random)) if dtype == "int8" else (0.0, 0)
    x = g.input(sizes, dtype, *q)
    g.op("MIRROR_PAD", [x, g.constant(paddings)], output, dtype, *q, Mode=0 if reflect else 1)
    return g
