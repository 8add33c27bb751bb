"""What a model will take of flash and RAM, before anything is built."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from .network import Graph, Node, Tensor
from .plan import Plan, make_plan
from .prepare import Prepared
from .support import is_general

_TENSOR, _NODE, _OPTIONS = 64, 48, 24
"""Bytes of the interpreter's TfLiteTensor, of a node and its registration, and of its options."""
_PLANNED = 56
"""Bytes of the planner's lists for each result, in the place of results while it plans: measured
on recurrent layers, written out, which have hundreds of small ones.
"""
_SCALES, _PER_SCALE = 36, 8
"""Of a tensor's quantization, and of each of its scales."""
_PER_CHANNEL = 12
"""Our kernels' bias, multiplier and shift of a channel."""
_PER_MULTIPLIER = 8
"""The two that these are made from, at the start; with the channel itself, `_MAKING`."""
_MAKING = 20
_PER_LANE = 16
"""What stands for these beside a channel's weights in lanes (`firmware/kernels/lanes.hpp`)."""
_CONV_LANES, _ROW_LANES = 4, 8
"""Channels of CONV_2D, rows of FULLY_CONNECTED, in a block."""
_PAIR = 4
"""Two taps of a channel of DEPTHWISE_CONV_2D."""
_BEHIND = 3
"""Bytes that are read behind a framed image."""
_PATCHES, _MOST_PAIRS = 1024, 8
"""Values of the patches that are taken at once, and pairs of them (`convolution.cpp` there)."""
_STRIP = 1536
"""Values of the columns that are spread at once, for each of two rows (`columns.cpp` there)."""
_PITCH = 64
"""Half-words of a plane's line (`firmware/kernels/planes.hpp`)."""

_REDUCTIONS = ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN")
_TAPS = 1024

STACK = 4_096
"""What an image has."""
_RAM = 750
"""C library, interpreter and the firmware's variables."""
_FLASH = 33_500
_FLASH_PER_OPERATION = 3_000
"""Bytes of the firmware without operations and model, and what a kind of operation adds in the
mean: measured on this compiler.
"""


@dataclass(frozen=True)
class Estimate:
    """Bytes; `ram` is without the stack. `ram_least` is what it takes for certain, the stack
    included: intermediate results, what our kernels make of the weights, inputs and state.
    """

    flash: int
    ram: int
    arena: int
    ram_least: int
    plan: Plan


def estimate(
    prepared: Prepared, *, own_kernels: bool = True, ram_bytes: int = 640 << 10
) -> Estimate:
    """The estimate for a model as it is flashed, with our kernels or without.

    What our kernels pack is in RAM as far as it has room (`ram_bytes`, RM0432 2.2).
    """
    graph = prepared.lowered.graph
    plan = make_plan(graph)
    kept, needed = (
        sum(memory(graph, node) for node in graph.nodes) if own_kernels else 0
        for memory in (_kept_memory, _needed_memory)
    )
    kinds = len({node.op for node in graph.nodes})
    state = len(prepared.lowered.state.initial)
    others = prepared.input_bytes + state + _RAM + scratch_bytes(graph)
    planned = _PLANNED * sum(tensor.data is None for tensor in graph.tensors)
    others += max(planned - plan.bytes, 0)
    arena = plan.bytes + _persistent(graph) + kept
    packed = 0
    for _, size in sorted(_packs(graph), reverse=True) if own_kernels else ():
        if arena + needed + packed + size + others + STACK <= ram_bytes:
            packed += size
    return Estimate(
        flash=len(prepared.flashed) + state + _FLASH + _FLASH_PER_OPERATION * kinds,
        ram=arena + needed + packed + others,
        arena=arena,
        ram_least=plan.bytes + kept + needed + prepared.input_bytes + state + STACK,
        plan=plan,
    )


def _persistent(graph: Graph) -> int:
    total = len(graph.nodes) * (_NODE + _OPTIONS)
    for tensor in graph.tensors:
        total += _TENSOR + (tensor.bytes if tensor.is_variable else 0)
        if tensor.quantization:
            total += _SCALES + _PER_SCALE * len(tensor.quantization.scales)
    return total


_SUMS, _SUM_TABLES = ("ADD", "SUB"), 2048
_TABLES = {
    **dict.fromkeys(("LOGISTIC", "TANH", "HARD_SWISH", "ELU", "LEAKY_RELU", "ABS", "RSQRT"), 272),
    **dict.fromkeys(("RELU", "RELU6", "RELU_N1_TO_1", "NEG", "SQRT"), 272),
}
"""Bytes of the tables by which our kernels look up int8 values."""
_CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}


def _packs(graph: Graph) -> Iterator[tuple[int, int]]:
    """How often an inference reads what a kernel packs, which decides what comes into RAM first
    (`firmware/tflm/places.hpp`), and its bytes.
    """
    for node in graph.nodes:
        if size := _packed_memory(graph, node):
            elements = graph.tensors[node.outputs[0]].elements
            channels = graph.tensors[node.outputs[0]].shape[-1:] or (1,)
            outputs = elements // max(channels[0], 1)
            rounds = {"CONV_2D": (outputs + 1) // 2, "FULLY_CONNECTED": outputs}
            yield rounds.get(node.op, 1 + elements // 256), size


def _packed_memory(graph: Graph, node: Node) -> int:
    """What our int8 kernels make and can do without: weights in lanes, rows of FULLY_CONNECTED, and
    tables of sums.
    """
    if node.op in _SUMS:
        return _SUM_TABLES if graph.tensors[node.inputs[0]].type == "INT8" else 0
    weights = _weights(graph, node)
    if weights is None or weights.type != "INT8" or _is_wide(graph, node):
        return 0
    if node.op == "CONV_2D":
        channels = weights.shape[_CHANNEL_AXIS[node.op]]
        return _rounded(channels, _CONV_LANES) * (_PER_LANE + _patch(weights))
    return _row_memory(weights) if node.op == "FULLY_CONNECTED" else 0


def _row_memory(weights: Tensor) -> int:
    """What a fully connected layer's rows take in RAM."""
    if len(weights.shape) != 2:
        return 0
    outputs, inputs = weights.shape
    return _rounded(outputs, _ROW_LANES) * (_PER_LANE + _rounded(inputs, 4))


def _patch(weights: Tensor) -> int:
    """Weights of a channel of CONV_2D, its rows in groups of four."""
    rows = weights.shape[1] if len(weights.shape) == 4 else 1
    return rows * _row(weights)


def _row(weights: Tensor) -> int:
    return _rounded(weights.elements // max(prod(weights.shape[: len(weights.shape) // 2]), 1), 4)


def _is_square(weights: Tensor, node: Node) -> bool:
    """Whether a depthwise kernel is 3 x 3, its channels in fours."""
    return (
        node.op == "DEPTHWISE_CONV_2D"
        and weights.shape[1:3] == (3, 3)
        and weights.shape[3] % 4 == 0
    )


def _needed_memory(graph: Graph, node: Node) -> int:
    """What our int8 kernels make and cannot do without, outside the arena."""
    if node.present and graph.tensors[node.present[0]].type == "INT8" and node.op in _TABLES:
        return _TABLES[node.op]
    weights = _weights(graph, node) if node.op == "DEPTHWISE_CONV_2D" else None
    if weights is None or weights.type != "INT8" or _is_wide(graph, node):
        return 0
    height, width = weights.shape[1:3]
    lines, taps = (1, height) if width == 1 else (height, width)
    channels = weights.shape[_CHANNEL_AXIS[node.op]]
    return _rounded(channels, 4) * (_PER_LANE + _PAIR * lines * ((taps + 1) // 2))


def _kept_memory(graph: Graph, node: Node) -> int:
    """What our kernels keep of each channel in the arena. Weights in lanes have it beside them."""
    weights = _weights(graph, node)
    if weights is None or weights.type != "INT8":
        return 0
    channels = weights.shape[_CHANNEL_AXIS[node.op]]
    if _is_wide(graph, node):
        return _PER_MULTIPLIER * channels
    return _PER_CHANNEL * channels if node.op == "FULLY_CONNECTED" else 0


def _is_wide(graph: Graph, node: Node) -> bool:
    """Whether activations are int16: those kernels read the weights where they lie."""
    return graph.tensors[node.inputs[0]].type == "INT16"


def _weights(graph: Graph, node: Node) -> Tensor | None:
    """The weights of an operation that has channels; None of one that is not as it should be."""
    axis = _CHANNEL_AXIS.get(node.op)
    if axis is None or len(node.inputs) < 2 or node.inputs[1] < 0:
        return None
    tensor = graph.tensors[node.inputs[1]]
    return tensor if len(tensor.shape) > axis else None


def scratch_bytes(graph: Graph) -> int:
    """The most that a kernel works in: patches of a convolution, a framed image, a row."""
    return max((_node_scratch(graph, node) for node in graph.nodes), default=0)


def _node_scratch(graph: Graph, node: Node) -> int:
    weights = _weights(graph, node)
    if weights is None:
        # Sums of a reduction, or places of a kernel's taps.
        outputs = [graph.tensors[index].elements for index in node.outputs]
        return 8 * max(outputs, default=0) if node.op in _REDUCTIONS else _TAPS
    if _is_wide(graph, node):
        return 0
    channels = weights.shape[_CHANNEL_AXIS[node.op]]
    making = _PER_MULTIPLIER if node.op == "FULLY_CONNECTED" else _MAKING
    return max(_weighted_scratch(graph, node, weights), making * channels)


def _weighted_scratch(graph: Graph, node: Node, weights: Tensor) -> int:
    size = weights.elements // max(weights.shape[_CHANNEL_AXIS[node.op]], 1)
    if node.op == "FULLY_CONNECTED":
        return 2 * _rounded(size, 4)
    if is_general(graph, node):
        return _TAPS
    image = graph.tensors[node.outputs[0]].shape
    if node.op == "CONV_2D" or len(image) != 4:
        patch, row = _patch(weights), _row(weights)
        pairs = min(max(_PATCHES // max(patch, 1), 1), _MOST_PAIRS)
        patches = 4 * pairs * patch + row
        return max(patches, _strip(image, weights, node)) + _rounded(weights.shape[0], 4)
    strides = _strides(node)
    height, width = (
        (outputs - 1) * stride + taps
        for outputs, stride, taps in zip(image[1:3], strides, weights.shape[1:3], strict=True)
    )
    # Planes of four channels, or the whole image in a frame where one has scales of its own kind.
    planes = _plane_scratch(image, strides, (height, width)) if _is_square(weights, node) else 0
    return max(weights.shape[3] * height * width + _BEHIND, planes)


def _strides(node: Node) -> tuple[int, int]:
    """Vertical and horizontal."""
    steps = (node.options.get("stride_h", 1), node.options.get("stride_w", 1))
    down, along = (step if isinstance(step, int) else 1 for step in steps)
    return down, along


def _strip(image: Sequence[int], weights: Tensor, node: Node) -> int:
    """Bytes of a strip; 0 where none can be used."""
    if node.op != "CONV_2D" or len(image) != 4 or len(weights.shape) != 4:
        return 0
    _, height, width, depth = weights.shape
    stride, outputs = _strides(node)[1], image[2]
    column = height * _rounded(depth, 4)
    if min(column, stride) < 1 or width < stride or outputs < 2 or width * column > _patch(weights):
        return 0
    outputs_in = ((_STRIP // column - width) // stride + 1) // 2 * 2
    if outputs_in < 2:
        return 0
    return 4 * ((min(outputs_in, outputs) - 1) * stride + width) * column


def _plane_scratch(image: Sequence[int], strides: Sequence[int], framed: Sequence[int]) -> int:
    """Bytes of four planes, their lines along the axis that leaves fewer of four outputs unused."""
    found = []
    for along, across in ((1, 0), (0, 1)):
        fours = -(-image[1 + along] // 4)
        if strides[along] in (1, 2) and strides[along] * 4 * fours + 2 <= _PITCH:
            found.append((image[1 + across] * fours, 4 * 2 * _PITCH * framed[across]))
    return min(found, default=(0, 0), key=lambda plan: plan[0])[1]


def _rounded(size: int, step: int) -> int:
    return -(-size // step) * step
