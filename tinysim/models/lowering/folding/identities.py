"""Layers that give back what they are given."""

from dataclasses import replace

import numpy as np

from ...network import Graph, Node
from .layers import Layer
from .ranges import Span
from .rescaling import Integers, multipliers_of, range_of, rescaled
from .view import Step, View


def without_identities(view: View) -> Graph:
    """The same graph; a layer whose result is one of the model's stays."""
    graph = view.graph
    same: dict[int, int] = {}
    nodes: list[Node] = []
    for step in view.steps:
        output = step.node.outputs[0] if step.node.outputs else -1
        if output not in graph.outputs and _is_identity(view, step):
            source = step.node.inputs[0]
            same[output] = same.get(source, source)
            continue
        inputs = tuple(same.get(index, index) for index in step.node.inputs)
        nodes.append(step.node if inputs == step.node.inputs else replace(step.node, inputs=inputs))
    return replace(graph, nodes=tuple(nodes)) if same else graph


def _is_identity(view: View, step: Step) -> bool:
    """Whether it gives every number back that its input can be."""
    node = step.node
    if not step.layer and not step.ties:
        return False
    source, output = (view.graph.tensors[index] for index in (node.inputs[0], node.outputs[0]))
    if source.shape != output.shape or source.quantization != output.quantization:
        return False
    span = view.spans[node.inputs[0]]
    if step.layer:
        return _is_unit(step.layer, span)
    activation = {"RELU": 1, "RELU6": 3}.get(node.op)
    if activation is None and node.op != "QUANTIZE":
        return _is_pool_of_one(node) and _unclamped(view, step, span)
    into, numbers = range_of(output, activation or 0), _numbers(span)
    assert into is not None
    results, fits = rescaled(numbers - into.zero_point, multipliers_of([1.0]), into)
    return bool((fits & (results == numbers)).all())


def _numbers(span: Span) -> Integers:
    """256 rows of what each channel can be; a number comes again where it cannot be so many."""
    return np.clip(np.arange(-128, 128)[:, None], span.low, span.high)


def _is_unit(layer: Layer, span: Span) -> bool:
    """A layer of one tap, each channel of which reads only its own of the input."""
    if layer.weights.shape[1:3] != (1, 1) or layer.outputs != len(span.low):
        return False
    weights = layer.weights[:, 0, 0, :]
    own = weights[:, 0] if layer.depthwise else np.diag(weights)
    if not layer.depthwise and (weights != np.diag(own)).any():
        return False
    numbers = _numbers(span)
    sums = (numbers - layer.zero_point) * own + layer.bias
    found = [rescaled(sums, by, layer.range) for by in layer.multipliers]
    return all(bool((fits & (results == numbers)).all()) for results, fits in found)


def _is_pool_of_one(node: Node) -> bool:
    sizes = [node.options.get(f"filter_{side}") for side in ("height", "width")]
    return node.op.endswith("POOL_2D") and sizes == [1, 1]


def _unclamped(view: View, step: Step, span: Span) -> bool:
    result = view.spans[step.node.outputs[0]]
    return bool((result.low == span.low).all() and (result.high == span.high).all())
