"""Operations over images: batch, height, width, channels."""

from ..network import Quantization, Tensor
from .view import Shape, UnfitError, View, rank, require

_SAME, _VALID = 0, 1
_LARGEST_MULTIPLIER = 1 << 30
_BIAS_TOLERANCE = 0.02
"""TFLite's: of the output's scale."""


def _extent(view: View, size: int, kernel: int, stride: int, dilation: int = 1) -> int:
    reach = (kernel - 1) * dilation + 1
    padding = view.option("padding")
    require(padding in (_SAME, _VALID), f"padding is {padding}")
    if padding == _SAME:
        return -(-size // stride)
    require(size >= reach, f"a kernel of {reach} over {size} without padding")
    return -(-(size - reach + 1) // stride)


def _slid(view: View, image: Shape, kernel: Shape, dilations: Shape = (1, 1)) -> Shape:
    strides = view.positive("stride_h", "stride_w")
    return tuple(
        _extent(view, size, taps, stride, dilation)
        for size, taps, stride, dilation in zip(image, kernel, strides, dilations, strict=True)
    )


def _check_weights(
    view: View, weights: Tensor, axis: int, bias: Tensor | None, image: Tensor | None = None
) -> None:
    """`image` is what the weights are for: the first input, if no other."""
    channels = weights.shape[axis]
    image = image or view.input(0)
    source = image.type
    fitting = {"INT16": "INT8"}.get(source, source)
    require(weights.type == fitting, f"weights of {weights.type} beside {source}")
    if bias is not None:
        require(bias.elements == channels, f"{bias.elements} biases for {channels} channels")
        wide = {"INT8": ("INT32",), "UINT8": ("INT32",), "INT16": ("INT64", "INT32")}
        allowed = wide.get(source, (source,))
        require(bias.type in allowed, f"a bias of {bias.type} beside {source}")
    _check_channels(weights.quantization, channels, axis)
    _check_multipliers(view, weights, image)


def _check_multipliers(view: View, weights: Tensor, image: Tensor) -> None:
    """What a sum of products is multiplied by must fit TFLite's fixed-point multipliers."""
    scales = [tensor.quantization for tensor in (image, weights, view.outputs[0])]
    if image.type == "FLOAT32" or None in scales:
        return
    source, weight, output = (max(part.scales) for part in scales if part is not None)
    require(source * weight / output < _LARGEST_MULTIPLIER, "scales far apart from each other")


def _check_bias_scale(view: View) -> None:
    """A bias is added to sums as it is, so its scale is the product of the two others'."""
    tensors = (view.input(0), view.input(1), view.optional(2), view.outputs[0])
    parts = [tensor.quantization for tensor in tensors if tensor and tensor.quantization]
    if len(parts) < len(tensors) or any(len(part.scales) != 1 for part in parts):
        return
    source, weight, bias, output = (part.scales[0] for part in parts)
    fits = abs(source * weight - bias) / output <= _BIAS_TOLERANCE
    require(fits, f"a bias whose scale {bias:.3g} is not {source:.3g} x {weight:.3g}")


def _check_channels(quantization: Quantization | None, channels: int, axis: int) -> None:
    if quantization is None:
        return
    require(not any(quantization.zero_points), "weights with a zero point other than 0")
    require(
        len(quantization.scales) == 1
        or (len(quantization.scales) == channels and quantization.axis == axis),
        f"{len(quantization.scales)} scales along axis {quantization.axis} of the weights, "
        f"which have {channels} channels along axis {axis}",
    )


def convolution(view: View) -> list[Shape]:
    """CONV_2D; grouped where the weights have fewer input channels."""
    batch, height, width, channels = rank(view.input(0), 4)
    outputs, rows, columns, depth = rank(view.input(1), 4)
    fits = depth > 0 and channels > 0 and channels % depth == 0
    require(fits, f"{channels} channels, weights for {depth}")
    groups = channels // depth
    require(outputs % groups == 0, f"{outputs} outputs in {groups} groups")
    _check_weights(view, view.input(1), 0, view.optional(2))
    dilations = view.positive("dilation_h_factor", "dilation_w_factor")
    return [(batch, *_slid(view, (height, width), (rows, columns), dilations), outputs)]


def depthwise(view: View) -> list[Shape]:
    """DEPTHWISE_CONV_2D."""
    batch, height, width, channels = rank(view.input(0), 4)
    one, rows, columns, outputs = rank(view.input(1), 4)
    require(one == 1, f"weights of shape {list(view.input(1).shape)}")
    require(channels > 0 and outputs % channels == 0, f"{channels} channels, {outputs} outputs")
    multiplier = view.option("depth_multiplier")
    require(multiplier == outputs // channels, f"depth_multiplier is {multiplier}")
    _check_weights(view, view.input(1), 3, view.optional(2))
    dilations = view.positive("dilation_h_factor", "dilation_w_factor")
    return [(batch, *_slid(view, (height, width), (rows, columns), dilations), outputs)]


def transposed(view: View) -> list[Shape]:
    """TRANSPOSE_CONV: output shape, weights, input, bias."""
    shape = view.known(0)
    outputs, rows, columns, depth = rank(view.input(1), 4)
    batch, height, width, channels = rank(view.input(2), 4)
    require(depth == channels, f"{channels} channels, weights for {depth}")
    require(len(shape) == 4 and shape[0] == batch, f"an output shape of {list(shape)}")
    require(shape[3] == outputs, f"{outputs} channels in an output of {list(shape)}")
    _check_weights(view, view.input(1), 0, view.optional(3), view.input(2))
    require(_slid(view, shape[1:3], (rows, columns)) == (height, width), "other strides or padding")
    return [shape]


def pool(view: View) -> list[Shape]:
    """AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D."""
    batch, height, width, channels = rank(view.input(0), 4)
    kernel = view.positive("filter_height", "filter_width")
    return [(batch, *_slid(view, (height, width), kernel), channels)]


def resize(view: View) -> list[Shape]:
    """RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR."""
    batch, _, _, channels = rank(view.input(0), 4)
    size = view.known(1)
    require(len(size) == 2 and min(size) > 0, f"a size of {list(size)}")
    both = view.option("align_corners") and view.option("half_pixel_centers")
    require(not both, "align_corners and half_pixel_centers at once")
    return [(batch, *size, channels)]


def space_to_depth(view: View) -> list[Shape]:
    """SPACE_TO_DEPTH."""
    batch, height, width, channels = rank(view.input(0), 4)
    (block,) = view.positive("block_size")
    require(height % block == 0 and width % block == 0, f"blocks of {block} in {height}x{width}")
    return [(batch, height // block, width // block, channels * block * block)]


def depth_to_space(view: View) -> list[Shape]:
    """DEPTH_TO_SPACE."""
    batch, height, width, channels = rank(view.input(0), 4)
    (block,) = view.positive("block_size")
    require(channels % (block * block) == 0, f"blocks of {block} from {channels} channels")
    return [(batch, height * block, width * block, channels // (block * block))]


def _blocks(view: View) -> tuple[Shape, tuple[int, ...], list[tuple[int, int]]]:
    shape = rank(view.input(0), 3, 4)
    block, margins = view.known(1), view.known(2)
    spatial = len(shape) - 2
    require(len(block) == spatial and min(block) > 0, f"a block of {list(block)}")
    require(len(margins) == 2 * spatial and min(margins) >= 0, f"margins of {list(margins)}")
    return shape, block, list(zip(margins[::2], margins[1::2], strict=True))


def space_to_batch(view: View) -> list[Shape]:
    """SPACE_TO_BATCH_ND."""
    shape, block, paddings = _blocks(view)
    batch, result = shape[0], []
    for size, part, (before, after) in zip(shape[1:-1], block, paddings, strict=True):
        require((size + before + after) % part == 0, f"blocks of {part} in {size}, padded")
        batch *= part
        result.append((size + before + after) // part)
    return [(batch, *result, shape[-1])]


def batch_to_space(view: View) -> list[Shape]:
    """BATCH_TO_SPACE_ND."""
    shape, block, crops = _blocks(view)
    batch, result = shape[0], []
    for size, part, (before, after) in zip(shape[1:-1], block, crops, strict=True):
        require(batch % part == 0, f"blocks of {part} from a batch of {shape[0]}")
        batch //= part
        require(size * part > before + after, "crops of all there is")
        result.append(size * part - before - after)
    return [(batch, *result, shape[-1])]


def fully_connected(view: View) -> list[Shape]:
    """FULLY_CONNECTED: the input's elements in rows as long as the weights'."""
    source, weights = view.input(0), view.input(1)
    outputs, depth = rank(weights, 2)
    require(depth > 0 and source.elements % depth == 0, f"{source.elements} inputs, not by {depth}")
    require(view.option("weights_format") == 0, "shuffled weights")
    _check_weights(view, weights, 0, view.optional(2))
    _check_bias_scale(view)
    shape = view.outputs[0].shape
    if view.node.options.get("keep_num_dims"):
        require(bool(source.shape) and source.shape[-1] == depth, f"a last axis not of {depth}")
        return [(*source.shape[:-1], outputs)]
    rows = source.elements // depth
    if len(shape) == 2:
        return [(rows, outputs)]
    require(
        view.outputs[0].elements == rows * outputs and bool(shape) and shape[-1] == outputs,
        f"{rows} rows of {outputs} do not make {list(shape)}",
    )
    return [shape]


def matrix_product(view: View) -> list[Shape]:
    """BATCH_MATMUL."""
    left, right = view.input(0).shape, view.input(1).shape
    require(view.input(0).type == view.input(1).type, "two inputs of different types")
    require(len(left) >= 2 and len(right) >= 2, "matrices of fewer than 2 dimensions")
    rows, inner = left[-2:][::-1] if view.node.options.get("adj_x") else left[-2:]
    other, columns = right[-2:][::-1] if view.node.options.get("adj_y") else right[-2:]
    require(inner == other, f"rows of {inner} by columns of {other}")
    return [(*broadcast(left[:-2], right[:-2]), rows, columns)]


def broadcast(first: Shape, second: Shape) -> Shape:
    """The shape that two shapes stretch to."""
    length = max(len(first), len(second))
    result = []
    for a, b in zip(
        (1,) * (length - len(first)) + first, (1,) * (length - len(second)) + second, strict=True
    ):
        if a != b and 1 not in (a, b):
            raise UnfitError(f"{list(first)} and {list(second)} do not stretch to each other")
        result.append(b if a == 1 else a)
    return tuple(result)


def select(view: View) -> list[Shape]:
    """SELECT_V2: a condition, and two inputs to choose from."""
    require(view.input(1).type == view.input(2).type, "two inputs of different types")
    return [broadcast(broadcast(view.input(1).shape, view.input(2).shape), view.input(0).shape)]
