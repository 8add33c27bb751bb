"""What a model will take of flash and RAM, before anything is built."""

from dataclasses import dataclass

from .network import Graph, Node, Tensor
from .plan import Plan, make_plan
from .prepare import Prepared

_TENSOR, _NODE, _OPTIONS = 64, 48, 24
"""Bytes of the interpreter's TfLiteTensor, of a node and its registration, and of its options."""
_SCALES, _PER_SCALE = 36, 8
"""Of a tensor's quantization, and of each of its scales."""
_PER_CHANNEL = 12
"""Our kernels' bias, multiplier and shift of a channel."""
_PER_MULTIPLIER = 8
"""The two that these are made from, at the start."""
_PAIR = 4
"""Two taps of a channel of DEPTHWISE_CONV_2D."""

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


def estimate(prepared: Prepared, *, own_kernels: bool = True) -> Estimate:
    """The estimate for a model as it is flashed, with our kernels or without."""
    graph = prepared.lowered.graph
    plan = make_plan(graph)
    arena = plan.bytes + _persistent(graph)
    kinds = len({node.op for node in graph.nodes})
    state = len(prepared.lowered.state.initial)
    kept = sum(_kernel_memory(graph, node) for node in graph.nodes) if own_kernels else 0
    return Estimate(
        flash=len(prepared.flashed) + state + _FLASH + _FLASH_PER_OPERATION * kinds,
        ram=arena + prepared.input_bytes + state + _RAM + scratch_bytes(graph),
        arena=arena,
        ram_least=plan.bytes + kept + prepared.input_bytes + state + STACK,
        plan=plan,
    )


def _persistent(graph: Graph) -> int:
    total = len(graph.nodes) * (_NODE + _OPTIONS)
    for tensor in graph.tensors:
        total += _TENSOR + (tensor.bytes if tensor.is_variable else 0)
        if tensor.quantization:
            total += _SCALES + _PER_SCALE * len(tensor.quantization.scales)
    return total + sum(_kernel_memory(graph, node) for node in graph.nodes)


_TABLES = {
    **dict.fromkeys(("ADD", "SUB"), 2048),
    **dict.fromkeys(("LOGISTIC", "TANH", "HARD_SWISH", "ELU", "LEAKY_RELU", "ABS", "RSQRT"), 272),
    **dict.fromkeys(("RELU", "RELU6", "RELU_N1_TO_1", "NEG", "SQRT"), 272),
}
"""Bytes of the tables by which our kernels look up int8 values."""
_CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}


def _kernel_memory(graph: Graph, node: Node) -> int:
    """What our int8 kernels keep."""
    if node.present and graph.tensors[node.present[0]].type == "INT8" and node.op in _TABLES:
        return _TABLES[node.op]
    weights = _weights(graph, node)
    if weights is None or weights.type != "INT8":
        return 0
    channels = weights.shape[_CHANNEL_AXIS[node.op]]
    if _is_wide(graph, node):
        return _PER_MULTIPLIER * channels
    packed = weights.bytes if node.op == "CONV_2D" else 0
    if node.op == "DEPTHWISE_CONV_2D" and channels % 4 == 0:
        height, width = weights.shape[1:3]
        if (height, width) == (3, 3) or 1 in (height, width):
            packed = _PAIR * channels * ((height * width + 1) // 2)
    return packed + _PER_CHANNEL * channels


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
    return max(_weighted_scratch(graph, node, weights), _PER_MULTIPLIER * channels)


def _weighted_scratch(graph: Graph, node: Node, weights: Tensor) -> int:
    size = weights.elements // max(weights.shape[_CHANNEL_AXIS[node.op]], 1)
    if node.op == "FULLY_CONNECTED":
        return 2 * size
    image = graph.tensors[node.outputs[0]].shape
    if node.op == "CONV_2D" or len(image) != 4:
        return 5 * _rounded(size, 4) + _rounded(weights.shape[0], 4)
    strides = (node.options.get("stride_h", 1), node.options.get("stride_w", 1))
    frame = weights.shape[3]
    for outputs_along, stride, taps in zip(image[1:3], strides, weights.shape[1:3], strict=True):
        frame *= (outputs_along - 1) * int(stride if isinstance(stride, int) else 1) + taps
    return frame


def _rounded(size: int, step: int) -> int:
    return -(-size // step) * step
