"""The graph without the channels that are not kept."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...network import ABSENT, Graph, Node, Quantization, Tensor
from .layers import Layer
from .needs import Needs, Places
from .ranges import sums_of
from .rescaling import Integers
from .ties import RESHAPES
from .view import Step


def cut(needs: Needs) -> Graph:
    """What is left computes the same; the graph itself where everything stays."""
    gone = {index for index, kept in needs.kept.items() if not kept.all()}
    if not gone:
        return needs.view.graph
    return _Cutting(needs, gone).graph


class _Cutting:
    def __init__(self, needs: Needs, gone: set[int]) -> None:
        self._needs = needs
        self._graph = needs.view.graph
        self._tensors = list(self._graph.tensors)
        for index in gone:
            tensor = self._tensors[index]
            shape = (*tensor.shape[:-1], int(needs.kept[index].sum()))
            self._tensors[index] = replace(tensor, shape=shape, shape_signature=())
        # Where idle channels fill a tensor up nothing is gone, but they are other numbers now.
        idle = {index for index, wanted in needs.wanted.items() if not wanted.all()}
        nodes = [
            step.node if idle.isdisjoint(_ends(step.node)) else self._smaller(number, step)
            for number, step in enumerate(needs.view.steps)
        ]
        self.graph = replace(self._graph, tensors=tuple(self._tensors), nodes=tuple(nodes))

    def _smaller(self, number: int, step: Step) -> Node:
        node, layer = step.node, step.layer
        if layer is None:
            return self._reshaped(node) if node.op in RESHAPES else node
        kept = self._needs.kept[node.outputs[0]]
        weights, bias = layer.weights, layer.bias
        if not layer.depthwise:
            weights, bias = self._folded(number, layer)
            weights = weights[..., self._needs.kept[node.inputs[0]]]
        idle = kept & ~self._needs.wanted[node.outputs[0]]
        weights, bias = np.where(idle[:, None, None, None], 0, weights), np.where(idle, 0, bias)
        return self._with(node, weights[kept], bias[kept], kept)

    def _folded(self, number: int, layer: Layer) -> tuple[Integers, Integers]:
        """Weights and bias without those input channels that nothing wants. What constants add
        goes into the bias; an output that is constant itself needs no input at all.
        """
        source = self._needs.view.steps[number].node.inputs[0]
        output = self._needs.view.steps[number].node.outputs[0]
        span, wanted = self._needs.view.spans[source], self._needs.wanted[source]
        _, folds = self._needs.read(number)
        value = np.where(span.constant, span.low - layer.zero_point, 0)
        added = layer.weights[:, layer.windows[0]].sum(axis=1) * value
        bias = layer.bias + np.where(folds & ~wanted, added, 0).sum(axis=1)
        weighs = self._needs.readings[number].weighs
        lost = (weighs & ~folds & ~wanted).any(axis=1)
        stands = self._needs.view.spans[output].constant & lost
        weights = np.where(stands[:, None, None, None] | ~wanted, 0, layer.weights)
        return weights, np.where(stands, sums_of(layer, span)[0], bias)

    def _with(self, node: Node, weights: Integers, bias: Integers, kept: Places) -> Node:
        """The node with other weights, given in a layer's form, and another bias."""
        kernel = self._graph.tensors[node.inputs[1]]
        if node.op == "DEPTHWISE_CONV_2D":
            weights = weights.transpose(3, 1, 2, 0)
        elif node.op == "FULLY_CONNECTED":
            weights = weights.reshape(len(weights), -1)
        scheme = kernel.quantization
        assert scheme is not None
        made = replace(
            kernel,
            shape=weights.shape,
            data=weights.astype(np.int8).tobytes(),
            quantization=_chosen(scheme, kept),
            shape_signature=(),
        )
        inputs = [node.inputs[0], self._add(made)]
        old = node.inputs[2] if len(node.inputs) > 2 else ABSENT
        if old != ABSENT or bias.any():
            inputs.append(self._add(self._bias(node, old, bias, kept)))
        return replace(node, inputs=tuple(inputs))

    def _bias(self, node: Node, old: int, bias: Integers, kept: Places) -> Tensor:
        data = bias.astype(np.int32).tobytes()
        if old != ABSENT:
            tensor = self._graph.tensors[old]
            scheme = tensor.quantization and _chosen(tensor.quantization, kept)
            shape = (*(1 for _ in tensor.shape[1:]), len(bias))
            return replace(tensor, shape=shape, data=data, quantization=scheme)
        source, kernel = (self._graph.tensors[index].quantization for index in node.inputs[:2])
        assert source is not None and kernel is not None
        scales = tuple(source.scales[0] * scale for scale in _chosen(kernel, kept).scales)
        name = f"{self._graph.tensors[node.outputs[0]].name}/bias"
        scheme = Quantization(scales, (0,) * len(scales))
        return Tensor(name, (len(bias),), "INT32", scheme, data)

    def _reshaped(self, node: Node) -> Node:
        """The node, its result's shape said anew where it is said."""
        shape = self._tensors[node.outputs[0]].shape
        inputs = node.inputs
        if len(inputs) > 1:
            told = self._graph.tensors[inputs[1]]
            kind = np.int64 if told.type == "INT64" else np.int32
            inputs = (inputs[0], self._add(replace(told, data=np.array(shape, kind).tobytes())))
        options = dict(node.options)
        if options.get("new_shape"):
            options["new_shape"] = shape
        return replace(node, inputs=inputs, options=options)

    def _add(self, tensor: Tensor) -> int:
        self._tensors.append(tensor)
        return len(self._tensors) - 1


def _ends(node: Node) -> set[int]:
    return {*node.present, *node.outputs}


def _chosen(scheme: Quantization, kept: NDArray[np.bool_]) -> Quantization:
    """The same where one scale is for all channels."""
    if len(scheme.scales) != len(kept):
        return scheme
    places = np.flatnonzero(kept).tolist()
    return Quantization(
        tuple(scheme.scales[place] for place in places),
        tuple(scheme.zero_points[place] for place in places),
        scheme.axis,
    )
