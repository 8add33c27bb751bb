"""Operations that move elements, and reduce along axes."""

from math import prod

from .view import Shape, View, require

_REST = -1
"""In a shape: what is left for this axis."""


def same(view: View) -> list[Shape]:
    """One tensor in, one of its shape out."""
    return [view.input(0).shape]


def reshape(view: View) -> list[Shape]:
    """RESHAPE: the same elements in the shape that a constant, or else an option, says."""
    wanted = view.constant(1) if view.optional(1) is not None else None
    if wanted is None:
        option = view.node.options.get("new_shape", ())
        wanted = tuple(int(size) for size in option) if isinstance(option, tuple) else ()
    shape = list(wanted or view.outputs[0].shape)
    known = prod(size for size in shape if size != _REST)
    if shape.count(_REST) == 1 and known > 0:
        shape[shape.index(_REST)] = view.input(0).elements // known
    require(
        prod(shape) == view.input(0).elements,
        f"{list(view.input(0).shape)} does not fill {shape}",
    )
    return [tuple(shape)]


def squeeze(view: View) -> list[Shape]:
    """SQUEEZE: without the axes of one element that an option names, or without all of them."""
    shape = view.input(0).shape
    named = view.node.options.get("squeeze_dims", ())
    axes = [int(axis) for axis in named] if isinstance(named, tuple) else []
    gone = {view.axis(axis, len(shape)) for axis in axes}
    gone = gone or {axis for axis, size in enumerate(shape) if size == 1}
    require(all(shape[axis] == 1 for axis in gone), f"axes {sorted(gone)} of {list(shape)}")
    return [tuple(size for axis, size in enumerate(shape) if axis not in gone)]


def expand(view: View) -> list[Shape]:
    """EXPAND_DIMS: with another axis, of one element."""
    shape, axes = view.input(0).shape, view.known(1)
    require(len(axes) == 1, "several axes")
    axis = view.axis(axes[0], len(shape) + 1)
    return [(*shape[:axis], 1, *shape[axis:])]


def _require_alike(view: View) -> None:
    kinds = {tensor.type for tensor in view.inputs}
    require(len(kinds) == 1, f"inputs of {' and '.join(sorted(kinds))}")


def concatenation(view: View) -> list[Shape]:
    """CONCATENATION."""
    first = view.input(0).shape
    _require_alike(view)
    axis = view.axis(view.option("axis"), len(first))
    total = 0
    for tensor in view.inputs:
        require(len(tensor.shape) == len(first), "tensors of different dimensions")
        require(
            tensor.shape[:axis] == first[:axis] and tensor.shape[axis + 1 :] == first[axis + 1 :],
            f"{list(tensor.shape)} beside {list(first)} along axis {axis}",
        )
        total += tensor.shape[axis]
    return [(*first[:axis], total, *first[axis + 1 :])]


def pack(view: View) -> list[Shape]:
    """PACK."""
    shape = view.input(0).shape
    _require_alike(view)
    require(all(tensor.shape == shape for tensor in view.inputs), "tensors of different shapes")
    count = view.option("values_count")
    require(count == len(view.inputs), f"values_count is {count}")
    axis = view.axis(view.option("axis"), len(shape) + 1)
    return [(*shape[:axis], len(view.inputs), *shape[axis:])]


def unpack(view: View) -> list[Shape]:
    """UNPACK."""
    shape = view.input(0).shape
    axis = view.axis(view.option("axis"), len(shape))
    count = len(view.outputs)
    require(view.option("num") == count, f"num is {view.option('num')}")
    require(shape[axis] == count, f"{count} results from {shape[axis]} along axis {axis}")
    return [(*shape[:axis], *shape[axis + 1 :])] * count


def split(view: View) -> list[Shape]:
    """SPLIT: axis, tensor."""
    shape, count = view.input(1).shape, len(view.outputs)
    axes = view.known(0)
    require(len(axes) == 1, "several axes")
    axis = view.axis(axes[0], len(shape))
    require(shape[axis] % count == 0, f"{count} equal parts of {shape[axis]}")
    return [(*shape[:axis], shape[axis] // count, *shape[axis + 1 :])] * count


def split_v(view: View) -> list[Shape]:
    """SPLIT_V: tensor, sizes, axis."""
    shape, sizes, axes = view.input(0).shape, list(view.known(1)), view.known(2)
    require(len(sizes) == len(view.outputs) and len(axes) == 1, "sizes for other results")
    axis = view.axis(axes[0], len(shape))
    if sizes.count(-1) == 1:
        sizes[sizes.index(-1)] = shape[axis] - sum(size for size in sizes if size != -1)
    require(min(sizes) >= 0 and sum(sizes) == shape[axis], f"{sizes} of {shape[axis]}")
    return [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]


def slice_(view: View) -> list[Shape]:
    """SLICE."""
    shape, begins, sizes = view.input(0).shape, view.known(1), view.known(2)
    require(len(begins) == len(sizes) == len(shape), "begins and sizes of other dimensions")
    result = []
    for size, begin, count in zip(shape, begins, sizes, strict=True):
        taken = size - begin if count == -1 else count
        require(begin >= 0 and taken >= 0 and begin + taken <= size, f"{begin}+{taken} of {size}")
        result.append(taken)
    return [tuple(result)]


def strided_slice(view: View) -> list[Shape]:
    """STRIDED_SLICE without ellipsis and new axes."""
    shape = view.input(0).shape
    begins, ends, strides = view.known(1), view.known(2), view.known(3)
    require(len(begins) == len(ends) == len(strides) <= len(shape), "other dimensions")
    require(not view.option("ellipsis_mask"), "ellipsis_mask is set")
    require(not view.option("new_axis_mask"), "new_axis_mask is set")
    result = []
    for axis, size in enumerate(shape):
        if axis >= len(begins):
            result.append(size)
            continue
        bit, stride = 1 << axis, strides[axis]
        require(stride != 0, "a stride of 0")
        if view.option("shrink_axis_mask") & bit:
            require(-size <= begins[axis] < size, f"place {begins[axis]} of {size}")
            require(stride > 0, f"a stride of {stride} to a single place")
            continue
        begin = None if view.option("begin_mask") & bit else begins[axis]
        end = None if view.option("end_mask") & bit else ends[axis]
        result.append(len(range(*slice(begin, end, stride).indices(size))))
    return [tuple(result)]


def gather(view: View) -> list[Shape]:
    """GATHER."""
    shape, places = view.input(0).shape, view.input(1)
    require(view.option("batch_dims") == 0, "batch_dims is set")
    axis = view.axis(view.option("axis"), len(shape))
    if places.data is not None:
        values = view.known(1)
        require(all(0 <= value < shape[axis] for value in values), f"a place not in {shape[axis]}")
    return [(*shape[:axis], *places.shape, *shape[axis + 1 :])]


def gather_by_place(view: View) -> list[Shape]:
    """GATHER_ND: the last axis of the places counts along the first axes."""
    shape, places = view.input(0).shape, view.input(1).shape
    require(bool(places) and 1 <= places[-1] <= len(shape), f"places of shape {list(places)}")
    return [(*places[:-1], *shape[places[-1] :])]


def embed(view: View) -> list[Shape]:
    """EMBEDDING_LOOKUP: indices, table."""
    return [(*view.input(0).shape, *view.input(1).shape[1:])]


def spread(view: View) -> list[Shape]:
    """BROADCAST_TO."""
    return [view.known(1)]


def tile(view: View) -> list[Shape]:
    """TILE."""
    shape, times = view.input(0).shape, view.known(1)
    require(len(times) == len(shape), "other dimensions")
    return [tuple(size * factor for size, factor in zip(shape, times, strict=True))]


def transpose(view: View) -> list[Shape]:
    """TRANSPOSE."""
    shape, order = view.input(0).shape, view.known(1)
    require(sorted(order) == list(range(len(shape))), f"a permutation of {list(order)}")
    return [tuple(shape[axis] for axis in order)]


def reverse(view: View) -> list[Shape]:
    """REVERSE_V2."""
    shape = view.input(0).shape
    axes = [view.axis(axis, len(shape)) for axis in view.known(1)]
    require(len(set(axes)) == len(axes), "an axis twice")
    return [shape]


def greatest(view: View) -> list[Shape]:
    """TOPK_V2."""
    shape, count = view.input(0).shape, view.known(1)
    require(bool(shape) and len(count) == 1, "no number of results")
    require(0 <= count[0] <= shape[-1], f"{count[0]} of {list(shape)}")
    return [(*shape[:-1], count[0])] * 2


def one_hot(view: View) -> list[Shape]:
    """ONE_HOT."""
    shape, depth = view.input(0).shape, view.known(1)
    require(len(depth) == 1 and depth[0] >= 0, "no depth")
    axis = view.axis(view.option("axis"), len(shape) + 1)
    return [(*shape[:axis], depth[0], *shape[axis:])]


def pad(view: View) -> list[Shape]:
    """PAD, PADV2, MIRROR_PAD."""
    shape, paddings = view.input(0).shape, view.known(1)
    require(len(paddings) == 2 * len(shape), "paddings for other dimensions")
    require(min(paddings, default=0) >= 0, "a negative padding")
    value = view.optional(2)
    require(value is None or value.type == view.input(0).type, "a value of another type")
    if view.node.op == "MIRROR_PAD":
        edge = 1 if view.option("mode") == 0 else 0
        for size, before, after in zip(shape, paddings[::2], paddings[1::2], strict=True):
            require(max(before, after) <= size - edge, f"more mirrored than the {size} there are")
    return [
        tuple(
            size + before + after
            for size, before, after in zip(shape, paddings[::2], paddings[1::2], strict=True)
        )
    ]


def reduce(view: View) -> list[Shape]:
    """MEAN, SUM, REDUCE_MAX and the like."""
    shape = view.input(0).shape
    axes = {view.axis(axis, len(shape)) for axis in view.known(1)}
    if view.node.options.get("keep_dims"):
        return [tuple(1 if axis in axes else size for axis, size in enumerate(shape))]
    return [tuple(size for axis, size in enumerate(shape) if axis not in axes)]


def place_of_extreme(view: View) -> list[Shape]:
    """ARG_MAX, ARG_MIN."""
    shape, axes = view.input(0).shape, view.known(1)
    require(len(axes) == 1, "several axes")
    axis = view.axis(axes[0], len(shape))
    return [(*shape[:axis], *shape[axis + 1 :])]
