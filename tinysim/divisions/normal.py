"""The normal form of a model: what it computes, whatever its types, layout and fusions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import AssetError
from ..models.network import Graph, Node
from .values import Values, read_values

_SAME_VALUES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "QUANTIZE", "DEQUANTIZE")
"""What changes the form of numbers and not the numbers."""
_ACTIVATIONS = {0: "none", 1: "relu", 2: "relu -1 to 1", 3: "relu6", 4: "tanh"}
_BY_CHANNEL = ("MUL", "ADD", "SUB")
"""What a batch normalization is made of where it is not folded."""
_AFTERWARDS = {"RELU": "relu", "RELU6": "relu6", "RELU_N1_TO_1": "relu -1 to 1", "TANH": "tanh"}


@dataclass(frozen=True)
class Layer:
    """One computation. `sources` are layers by their place, -1 being the model's input."""

    number: int
    """Of the operation in the file, from 0."""
    op: str
    kind: str
    sources: tuple[int, ...]
    shape: tuple[int, ...]
    """Of its output, without axes of size 1."""
    traits: Mapping[str, Any] = field(default_factory=dict)
    weights: Values | None = None
    """Output channels, height, width, input channels; one input channel where `kind` is
    depthwise.
    """
    bias: Values | None = None

    @property
    def name(self) -> str:
        """For a reader."""
        return f"operation {self.number}, {self.op}"


def normal_form(graph: Graph) -> list[Layer]:
    """A graph's layers in the order of their execution.

    Reshapes and changes of type are left out, explicit padding and separate activations belong
    to their layer, and so does what multiplies its channels or is added to them: a batch
    normalization. Dense layers are convolutions of one place, and a pooling of everything is a
    mean.

    Raises:
        AssetError: it computes something that no reference model does.

    """
    maker = _Maker(graph)
    for number, node in enumerate(graph.nodes):
        maker.add(number, node)
    if len(graph.outputs) != 1 or maker.made.get(graph.outputs[0]) != len(maker.layers) - 1:
        raise AssetError("one output, made by the last operation, was expected")
    return maker.layers


class _Maker:
    def __init__(self, graph: Graph) -> None:
        if len(graph.inputs) != 1:
            raise AssetError("one input was expected")
        self.graph = graph
        self.layers: list[Layer] = []
        self.made: dict[int, int] = {graph.inputs[0]: -1}
        self.paddings: dict[int, tuple[int, ...]] = {}
        self.constants: dict[int, Values] = {}
        self.used = [index for node in graph.nodes for index in node.present]

    def add(self, number: int, node: Node) -> None:
        source, output = node.inputs[0], node.outputs[0]
        if node.op in _BY_CHANNEL and sum(index in self.made for index in node.inputs) == 1:
            self.scale(number, node)
        elif source not in self.made:
            # A constant on its way to its layer, float16 weights for example.
            if node.op in ("DEQUANTIZE", "RESHAPE") and source != -1:
                shape = self.graph.tensors[output].shape
                self.constants[output] = self.constant(source).shaped(shape)
                return
            raise AssetError(f"operation {number}, {node.op}: it works on a constant")
        elif node.op in _SAME_VALUES:
            self.made[output] = self.made[source]
        elif node.op == "PAD":
            amounts = np.frombuffer(self.graph.tensors[node.inputs[1]].data or b"", np.int32)
            if source in self.paddings or amounts.size != 8 or amounts[[0, 1, 6, 7]].any():
                raise AssetError(f"operation {number}, PAD: not one of height and width")
            self.made[output] = self.made[source]
            self.paddings[output] = tuple(map(int, amounts[2:6]))
        elif node.op in _AFTERWARDS:
            self.activate(number, node)
        else:
            self.layers.append(self.layer(number, node))
            self.made[output] = len(self.layers) - 1

    def activate(self, number: int, node: Node) -> None:
        place = self.open_layer(node.inputs[0])
        if place is None:
            raise AssetError(f"operation {number}, {node.op}: an activation of its own")
        layer = self.layers[place]
        traits = {**layer.traits, "activation": _AFTERWARDS[node.op]}
        self.layers[place] = replace(layer, traits=traits)
        self.made[node.outputs[0]] = place

    def scale(self, number: int, node: Node) -> None:
        """Fold a product or a sum by channel into the layer before it."""
        first, second = node.inputs[:2]
        source, constant = (first, second) if first in self.made else (second, first)
        place = self.open_layer(source)
        layer = None if place is None else self.layers[place]
        if place is None or layer is None or layer.weights is None or layer.bias is None:
            raise AssetError(f"operation {number}, {node.op}: a scale of its own")
        count = len(layer.bias.numbers)
        values = self.constant(constant)
        if values.numbers.size not in (1, count) or values.numbers.shape[-1:] not in (
            (count,),
            (1,),
            (),
        ):
            raise AssetError(f"operation {number}, {node.op}: not one number a channel")
        values = values.shaped((-1,)).only(np.arange(count) % values.numbers.size)
        weights, bias = layer.weights, layer.bias
        if node.op == "MUL":
            weights, bias = weights.times(values), bias.times(values)
        elif node.op == "ADD":
            bias = bias.plus(values)
        elif source == first:
            bias = bias.plus(values, -1)
        else:
            minus = Values(-np.ones(count), np.zeros(count), np.zeros(count))
            weights, bias = weights.times(minus), bias.times(minus).plus(values)
        number_of = int(node.options.get("fused_activation_function", 0))  # type: ignore[arg-type]
        traits = {**layer.traits, "activation": _ACTIVATIONS.get(number_of, str(number_of))}
        self.layers[place] = replace(layer, weights=weights, bias=bias, traits=traits)
        self.made[node.outputs[0]] = place

    def open_layer(self, source: int) -> int | None:
        """The last layer, where this is its only result and it has no activation yet."""
        place = self.made[source]
        alone = self.used.count(source) == 1 and place == len(self.layers) - 1
        if not alone or place < 0 or self.layers[place].traits.get("activation") != "none":
            return None
        return place

    def constant(self, index: int) -> Values:
        found = self.constants.get(index)
        return read_values(self.graph.tensors[index]) if found is None else found

    def layer(self, number: int, node: Node) -> Layer:
        graph, options = self.graph, node.options
        shapes = [graph.tensors[index].shape for index in (node.inputs[0], node.outputs[0])]
        output = tuple(size for size in shapes[1] if size != 1)

        def made(kind: str, traits: dict[str, Any], weighted: bool = False) -> Layer:
            if "fused_activation_function" in options:
                number_of = int(options["fused_activation_function"])  # type: ignore[arg-type]
                traits["activation"] = _ACTIVATIONS.get(number_of, str(number_of))
            weights, bias = self.weighted(node, kind) if weighted else (None, None)
            inputs = node.inputs[:1] if weighted else [i for i in node.present if i in self.made]
            sources = tuple(self.made[index] for index in inputs)
            return Layer(number, node.op, kind, sources, output, traits, weights, bias)

        if node.op in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            kind = "convolution" if node.op == "CONV_2D" else "depthwise"
            return made(kind, self.places(node, shapes), weighted=True)
        if node.op == "FULLY_CONNECTED":
            return made("convolution", {"stride": (1, 1), "padding": (0, 0, 0, 0)}, weighted=True)
        if node.op == "AVERAGE_POOL_2D":
            window = (options["filter_height"], options["filter_width"])
            if shapes[1][1:3] == (1, 1) and window == shapes[0][1:3]:
                return made("mean", {})
            return made("average pool", {"window": window, **self.places(node, shapes)})
        if node.op == "MEAN":
            axes = np.frombuffer(graph.tensors[node.inputs[1]].data or b"", np.int32)
            if len(shapes[0]) == 4 and sorted(axes % 4) == [1, 2]:
                return made("mean", {"activation": "none"})
        if node.op == "ADD" and all(index in self.made for index in node.inputs):
            return made("add", {})
        if node.op == "SOFTMAX":
            return made("softmax", {"beta": options.get("beta", 0.0)})
        raise AssetError(f"operation {number}, {node.op}: the reference model has none of its kind")

    def places(self, node: Node, shapes: list[tuple[int, ...]]) -> dict[str, Any]:
        """Where the window is put: stride, dilation, and rows and columns of zeros around."""
        options = node.options
        window = (
            self.graph.tensors[node.inputs[1]].shape[1:3]
            if len(node.present) > 1
            else (options["filter_height"], options["filter_width"])
        )
        around = self.paddings.get(node.inputs[0], (0, 0, 0, 0))
        strides, dilations, padding = [], [], []
        for axis, name in enumerate("hw"):
            stride = int(options[f"stride_{name}"])  # type: ignore[arg-type]
            dilation = int(options.get(f"dilation_{name}_factor", 0)) or 1  # type: ignore[arg-type]
            extent = (int(window[axis]) - 1) * dilation + 1  # type: ignore[arg-type]
            total = 0
            if options["padding"] == 0:  # SAME
                total = max(0, (shapes[1][1 + axis] - 1) * stride + extent - shapes[0][1 + axis])
            strides.append(stride if shapes[1][1 + axis] > 1 else 1)
            dilations.append(dilation)
            before = around[2 * axis] + total // 2
            reached = (shapes[1][1 + axis] - 1) * stride + extent
            # Zeros that no window reaches do nothing.
            after = max(0, reached - before - (shapes[0][1 + axis] - sum(around[2 * axis :][:2])))
            padding += [before, after]
        found: dict[str, Any] = {"stride": tuple(strides), "padding": tuple(padding)}
        if dilations != [1, 1]:
            found["dilation"] = tuple(dilations)
        return found

    def weighted(self, node: Node, kind: str) -> tuple[Values, Values]:
        weights = self.constant(node.inputs[1])
        if node.op == "FULLY_CONNECTED":
            rows, columns = weights.numbers.shape
            weights = weights.shaped((rows, 1, 1, columns))
        elif kind == "depthwise":
            weights = weights.moved((3, 1, 2, 0))
        if len(node.inputs) > 2 and node.inputs[2] != -1:
            return weights, self.constant(node.inputs[2])
        none = np.zeros(len(weights.numbers))
        return weights, Values(none, none, none)
