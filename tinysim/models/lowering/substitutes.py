"""Operations that TFLM has no kernel for, written with others that say the same."""

from dataclasses import replace

import numpy as np

from ..network import Graph, Node, Tensor
from ..rules.view import UnfitError, View

_FUSED = {1: "RELU", 3: "RELU6"}
"""Activations that are an operation as well."""
_APART = ("CONCATENATION", "TRANSPOSE_CONV")
"""Operations whose kernels know no activation."""


def substitute(graph: Graph) -> Graph:
    """The same graph: TILE by CONCATENATION, RELU_0_TO_1 by MAXIMUM and MINIMUM, a fused activation
    behind its operation where that has none, and PAD before SPACE_TO_BATCH_ND.
    """
    nodes: list[Node] = []
    for node in graph.nodes:
        try:
            tensors, made = _Making(graph, node).made()
        except UnfitError:
            made = ()  # whoever judges the operation says what is wrong
        if made:
            graph = replace(graph, tensors=tensors)
        nodes += made or (node,)
    return graph if tuple(nodes) == graph.nodes else replace(graph, nodes=tuple(nodes))


class _Making:
    """The operations in one's place."""

    def __init__(self, graph: Graph, node: Node) -> None:
        self._view = View(graph, node)
        self._node = node
        self._tensors = list(graph.tensors)
        self._nodes: list[Node] = []

    def made(self) -> tuple[tuple[Tensor, ...], tuple[Node, ...]]:
        """All tensors, and the operations; none where nothing is to be done."""
        if self._node.op == "TILE":
            self._tile()
        elif self._node.op == "RELU_0_TO_1":
            self._clamp()
        elif self._node.op == "SPACE_TO_BATCH_ND":
            self._pad_before()
        elif self._node.op in _APART:
            self._move_activation()
        return tuple(self._tensors), tuple(self._nodes)

    def _add(self, tensor: Tensor) -> int:
        self._tensors.append(tensor)
        return len(self._tensors) - 1

    def _tile(self) -> None:
        (output,) = self._node.outputs
        times = self._view.known(1)
        repeated = [axis for axis, factor in enumerate(times) if factor != 1]
        if len(times) != len(self._view.input(0).shape) or min(times, default=0) < 1:
            return
        source = self._node.inputs[0]
        for axis in repeated or [0]:
            whole = self._tensors[source]
            shape = list(whole.shape)
            shape[axis] *= times[axis]
            last = axis == repeated[-1] if repeated else True
            target = output if last else self._add(replace(whole, shape=tuple(shape), data=None))
            options = {"axis": axis, "fused_activation_function": 0}
            inputs = (source,) * times[axis]
            self._nodes.append(
                Node("CONCATENATION", inputs, (target,), options, "ConcatenationOptions")
            )
            source = target

    def _clamp(self) -> None:
        source, (output,) = self._node.inputs[0], self._node.outputs
        here, there = self._view.input(0), self._view.outputs[0]
        if here.quantization != there.quantization:
            return
        low, high = (self._add(self._level(here, value)) for value in (0.0, 1.0))
        middle = self._add(replace(there, name=f"{there.name}/low"))
        table = "MaximumMinimumOptions"
        self._nodes.append(Node("MAXIMUM", (source, low), (middle,), {}, table))
        self._nodes.append(Node("MINIMUM", (middle, high), (output,), {}, table))

    def _level(self, like: Tensor, value: float) -> Tensor:
        name = f"{like.name}/{value:g}"
        if like.type == "FLOAT32":
            return Tensor(name, (), "FLOAT32", data=np.float32(value).tobytes())
        if like.quantization is None or like.type not in ("INT8", "INT16"):
            raise UnfitError(like.type)
        kind = np.int8 if like.type == "INT8" else np.int16
        stored = round(value / like.quantization.scales[0]) + like.quantization.zero_points[0]
        limits = np.iinfo(kind)
        data = kind(min(max(stored, limits.min), limits.max)).tobytes()
        return Tensor(name, (), like.type, like.quantization, data)

    def _pad_before(self) -> None:
        """What TFLM pads int8 with itself is whatever lies in its memory."""
        source = self._view.input(0)
        margins = np.array(self._view.known(2), np.int32).reshape(-1, 2)
        if source.type != "INT8" or not margins.any() or len(source.shape) < len(margins) + 2:
            return
        around = [(0, 0), *margins.tolist()]
        around += [(0, 0)] * (len(source.shape) - len(around))
        paddings, shape = np.array(around, np.int32), list(source.shape)
        for axis, (before, after) in enumerate(around):
            shape[axis] += before + after
        given = self._add(Tensor("paddings", paddings.shape, "INT32", data=paddings.tobytes()))
        name = f"{source.name}/padded"
        padded = self._add(replace(source, name=name, shape=tuple(shape), data=None))
        none = self._add(
            replace(self._view.input(2), name="no paddings", data=bytes(margins.nbytes))
        )
        self._nodes.append(Node("PAD", (self._node.inputs[0], given), (padded,), {}, "PadOptions"))
        inputs = (padded, self._node.inputs[1], none)
        self._nodes.append(replace(self._node, inputs=inputs))

    def _move_activation(self) -> None:
        activation = self._view.option("fused_activation_function")
        if activation not in _FUSED:
            return
        (output,) = self._node.outputs
        middle = self._add(replace(self._tensors[output], name=f"{self._tensors[output].name}/sum"))
        options = {**self._node.options, "fused_activation_function": 0}
        self._nodes.append(replace(self._node, outputs=(middle,), options=options))
        self._nodes.append(Node(_FUSED[activation], (middle,), (output,)))
