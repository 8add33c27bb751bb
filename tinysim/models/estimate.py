"""What a model will take of flash and RAM, before anything is built."""

from dataclasses import dataclass

from .network import Graph, Node, Tensor
from .plan import Plan, make_plan
from .prepare import Prepared

_TENSOR, _NODE, _OPTIONS = 64, 48, 24
"""Bytes of the interpreter's TfLiteTensor, of a node and its registration, and of its options."""
_SCALES, _PER_SCALE = 36, 8
"""Of a tensor's quantization, and of each of its scales."""
_PER_CHANNEL = 20
"""Our kernels' bias, multiplier and shift of a channel, and the two that these come from."""
_PAIR = 20
"""A 3 x 3 filter of DEPTHWISE_CONV_2D, in pairs."""

_RAM = 12_400
"""Stack, C library, interpreter and the firmware's variables."""
_FLASH = 33_000
_FLASH_PER_OPERATION = 1_900
"""Bytes of the firmware without operations and model, and what a kind of operation adds in the
mean: measured on this compiler.
"""


@dataclass(frozen=True)
class Estimate:
    """Bytes. `arena_least` is what the intermediate results alone take: less cannot be."""

    flash: int
    ram: int
    arena: int
    arena_least: int
    plan: Plan


def estimate(prepared: Prepared) -> Estimate:
    """The estimate for a model as it is flashed."""
    graph = prepared.lowered.graph
    plan = make_plan(graph)
    arena = plan.bytes + _persistent(graph)
    kinds = len({node.op for node in graph.nodes})
    state = len(prepared.lowered.state.initial)
    return Estimate(
        flash=len(prepared.flashed) + state + _FLASH + _FLASH_PER_OPERATION * kinds,
        ram=arena + prepared.input_bytes + state + _RAM + _scratch(graph),
        arena=arena,
        arena_least=plan.bytes,
        plan=plan,
    )


def _persistent(graph: Graph) -> int:
    total = len(graph.nodes) * (_NODE + _OPTIONS)
    for tensor in graph.tensors:
        total += _TENSOR + (tensor.bytes if tensor.is_variable else 0)
        if tensor.quantization:
            total += _SCALES + _PER_SCALE * len(tensor.quantization.scales)
    return total + sum(_kernel_memory(graph, node) for node in graph.nodes)


_CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}


def _kernel_memory(graph: Graph, node: Node) -> int:
    """What our int8 kernels keep."""
    if node.op == "ADD":
        return 2048
    weights = _weights(graph, node)
    if weights is None or weights.type != "INT8":
        return 0
    channels = weights.shape[_CHANNEL_AXIS[node.op]]
    packed = weights.bytes if node.op == "CONV_2D" else 0
    if node.op == "DEPTHWISE_CONV_2D" and weights.shape[1:3] == (3, 3) and channels % 4 == 0:
        packed = _PAIR * channels
    return packed + _PER_CHANNEL * channels


def _weights(graph: Graph, node: Node) -> Tensor | None:
    """The weights of an operation that has channels; None of one that is not as it should be."""
    axis = _CHANNEL_AXIS.get(node.op)
    if axis is None or len(node.inputs) < 2 or node.inputs[1] < 0:
        return None
    tensor = graph.tensors[node.inputs[1]]
    return tensor if len(tensor.shape) > axis else None


def _scratch(graph: Graph) -> int:
    """The largest patch of a convolution, as 16 bit numbers, two at once."""
    most = 0
    for node in graph.nodes:
        if (weights := _weights(graph, node)) is not None:
            channels = weights.shape[_CHANNEL_AXIS[node.op]]
            most = max(most, 4 * weights.elements // max(channels, 1))
    return most
