"""The rule of each operation, and what every one has to keep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..network import Graph, Node, Tensor
from . import moving, recurrent, spatial
from .view import Shape, UnfitError, View, require

_ACTIVATIONS = 6
"""NONE, RELU, RELU_N1_TO_1, RELU6, TANH, SIGN_BIT."""
_MOST_DIMENSIONS = 6
"""Of TFLM's shapes."""
_QUANTIZED = ("INT8", "UINT8", "INT16")
_BY_RATIO = (
    *("ABS", "RELU", "LEAKY_RELU", "PRELU", "ADD", "SUB", "QUANTIZE", "MEAN", "SUM"),
    *("HARD_SWISH", "SQUARED_DIFFERENCE"),
)
_FARTHEST = 1 << 15
"""Of an input's scale over the output's, in `_BY_RATIO`: int16 times that is all int32 holds."""


@dataclass(frozen=True)
class Rule:
    """`shapes` gives those of the outputs. `least` and `most` are how many inputs there are.
    `types` says of which inputs the output has the type; None where it has another.
    """

    shapes: Callable[[View], list[Shape]]
    least: int
    most: int
    like: int | None = 0
    many: bool = False
    """Whether there may be several outputs."""
    optional: bool = False
    """Whether inputs in the middle may be left out."""
    counts: bool = True
    """Whether scales matter; not to what only moves elements."""

    @property
    def present(self) -> int:
        """How many inputs, from the first on, must be there."""
        return 1 if self.optional else self.least


def _stretched(view: View) -> list[Shape]:
    require(view.input(0).type == view.input(1).type, "two inputs of different types")
    return [spatial.broadcast(view.input(0).shape, view.input(1).shape)]


def _move(shapes: Callable[[View], list[Shape]], least: int, most: int, **more: Any) -> Rule:
    return Rule(shapes, least, most, counts=False, **more)


def _two(like: int | None = 0) -> Rule:
    return Rule(_stretched, 2, 2, like)


def _one(like: int | None = 0) -> Rule:
    return Rule(moving.same, 1, 1, like)


_REDUCE = Rule(moving.reduce, 2, 2)
_POOL = Rule(spatial.pool, 1, 1)
_MANY = 1 << 10

RULES: dict[str, Rule] = {
    "CONV_2D": Rule(spatial.convolution, 2, 3),
    "DEPTHWISE_CONV_2D": Rule(spatial.depthwise, 2, 3),
    "TRANSPOSE_CONV": Rule(spatial.transposed, 3, 4, like=2),
    "FULLY_CONNECTED": Rule(spatial.fully_connected, 2, 3),
    "BATCH_MATMUL": Rule(spatial.matrix_product, 2, 2),
    "AVERAGE_POOL_2D": _POOL,
    "MAX_POOL_2D": _POOL,
    "L2_POOL_2D": _POOL,
    "RESIZE_BILINEAR": Rule(spatial.resize, 2, 2),
    "RESIZE_NEAREST_NEIGHBOR": _move(spatial.resize, 2, 2),
    "SPACE_TO_DEPTH": _move(spatial.space_to_depth, 1, 1),
    "DEPTH_TO_SPACE": _move(spatial.depth_to_space, 1, 1),
    "SPACE_TO_BATCH_ND": _move(spatial.space_to_batch, 3, 3),
    "BATCH_TO_SPACE_ND": _move(spatial.batch_to_space, 3, 3),
    **dict.fromkeys(
        ("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "PRELU"), _two()
    ),
    "SELECT_V2": _move(spatial.select, 3, 3, like=1),
    "SELECT": _move(spatial.select, 3, 3, like=1),
    "POW": _two(),
    **dict.fromkeys(("FLOOR_DIV", "FLOOR_MOD", "LOGICAL_AND", "LOGICAL_OR"), _two()),
    **dict.fromkeys(
        ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"), _two(like=None)
    ),
    **dict.fromkeys(
        (
            *("SOFTMAX", "LOG_SOFTMAX", "LOGISTIC", "TANH", "L2_NORMALIZATION", "HARD_SWISH"),
            *("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "LEAKY_RELU", "ELU", "GELU"),
            *("ABS", "NEG", "SQRT", "RSQRT", "SQUARE", "EXP", "LOG", "SIN", "COS"),
            *("FLOOR", "CEIL", "ROUND", "LOGICAL_NOT", "ZEROS_LIKE", "SIGN"),
        ),
        _one(),
    ),
    **dict.fromkeys(("QUANTIZE", "DEQUANTIZE"), _one(like=None)),
    "CAST": _move(moving.same, 1, 1, like=None),
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"), _REDUCE),
    **dict.fromkeys(("REDUCE_ANY", "REDUCE_ALL"), _REDUCE),
    "ARG_MAX": _move(moving.place_of_extreme, 2, 2, like=None),
    "ARG_MIN": _move(moving.place_of_extreme, 2, 2, like=None),
    "TOPK_V2": _move(moving.greatest, 2, 2, like=None, many=True),
    "ONE_HOT": _move(moving.one_hot, 4, 4, like=2),
    "PAD": _move(moving.pad, 2, 2),
    "PADV2": _move(moving.pad, 3, 3),
    "MIRROR_PAD": _move(moving.pad, 2, 2),
    "CONCATENATION": _move(moving.concatenation, 1, _MANY),
    "PACK": _move(moving.pack, 1, _MANY),
    "UNPACK": _move(moving.unpack, 1, 1, many=True),
    "SPLIT": _move(moving.split, 2, 2, like=1, many=True),
    "SPLIT_V": _move(moving.split_v, 3, 3, many=True),
    "SLICE": _move(moving.slice_, 3, 3),
    "STRIDED_SLICE": _move(moving.strided_slice, 4, 4),
    "GATHER": _move(moving.gather, 2, 2),
    "GATHER_ND": _move(moving.gather_by_place, 2, 2),
    "EMBEDDING_LOOKUP": _move(moving.embed, 2, 2, like=1),
    "BROADCAST_TO": _move(moving.spread, 2, 2),
    "TILE": _move(moving.tile, 2, 2),
    "CUMSUM": Rule(moving.same, 2, 2),
    "ADD_N": Rule(moving.same, 1, _MANY),
    "TRANSPOSE": _move(moving.transpose, 2, 2),
    "REVERSE_V2": _move(moving.reverse, 2, 2),
    "RESHAPE": _move(moving.reshape, 1, 2),
    "SQUEEZE": _move(moving.squeeze, 1, 1),
    "EXPAND_DIMS": _move(moving.expand, 2, 2),
    "SVDF": Rule(recurrent.svdf, 5, 5, optional=True),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": Rule(recurrent.lstm, 24, 24, optional=True),
}


def shapes_of(graph: Graph, node: Node) -> list[Shape] | None:
    """The shapes that an operation gives its outputs; None where it has no rule or breaks it."""
    rule = RULES.get(node.op)
    if rule is None:
        return None
    try:
        shapes = rule.shapes(View(graph, node))
    except UnfitError:
        return None
    return shapes if len(shapes) == len(node.outputs) else None


def problem_of(graph: Graph, node: Node) -> str:
    """What is wrong with an operation that has a rule; empty where nothing is."""
    rule, view = RULES[node.op], View(graph, node)
    try:
        require(
            rule.least <= len(node.inputs) <= rule.most,
            f"{len(node.inputs)} inputs",
        )
        require(len(node.outputs) == 1 or (rule.many and bool(node.outputs)), "several outputs")
        activation = view.option("fused_activation_function")
        require(0 <= activation < _ACTIVATIONS, f"activation {activation}")
        for tensor in (*view.inputs, *view.outputs):
            require(len(tensor.shape) <= _MOST_DIMENSIONS, f"{len(tensor.shape)} dimensions")
        for name in ("in_data_type", "out_data_type", "output_type", "quantized_bias_type"):
            require(view.option(name) >= 0, f"{name} is {view.option(name)}")
        shapes = rule.shapes(view)
        for output, shape in zip(view.outputs, shapes, strict=True):
            require(
                output.shape == shape,
                f"an output of {list(output.shape)} where it gives {list(shape)}",
            )
            if rule.like is not None:
                like = view.input(rule.like)
                require(output.type == like.type, f"{output.type} from {like.type}")
        if rule.counts:
            _check_scales(view)
    except UnfitError as error:
        return str(error)
    return ""


def _check_scales(view: View) -> None:
    """What is counted with has a scale, and TFLite's multipliers reach from one to the other."""
    counted = [[tensor for tensor in side if tensor.type in _QUANTIZED] for side in view.ends]
    for tensor in (*counted[0], *counted[1]):
        require(tensor.quantization is not None, f"'{tensor.name}' has no scale")
        scales_of = tensor.quantization.scales if tensor.quantization else ()
        constant = tensor.data is not None
        require(constant or len(scales_of) == 1, f"'{tensor.name}' has {len(scales_of)} scales")
    scales = [max((_largest(tensor) for tensor in side), default=1.0) for side in counted]
    if all(counted) and view.node.op in _BY_RATIO:
        require(scales[0] / scales[1] < _FARTHEST, "scales far apart from each other")


def _largest(tensor: Tensor) -> float:
    return max(tensor.quantization.scales) if tensor.quantization else 1.0


def quantization_problem(tensor: Tensor) -> str:
    """What is wrong with a tensor's scales and zero points; empty where nothing is."""
    quantization = tensor.quantization
    if quantization is None:
        return ""
    limits = {"INT8": (-128, 127), "UINT8": (0, 255), "INT16": (0, 0)}
    low, high = limits.get(tensor.type, (-(1 << 31), (1 << 31) - 1))
    if not all(0 < scale < float("inf") for scale in quantization.scales):
        return "a scale that is not a positive number"
    if not all(low <= zero <= high for zero in quantization.zero_points):
        return f"a zero point that {tensor.type} does not have"
    count = len(quantization.scales)
    if count > 1:
        axis = quantization.axis
        if not 0 <= axis < len(tensor.shape) or tensor.shape[axis] != count:
            return f"{count} scales along axis {axis} of {list(tensor.shape)}"
    return ""
