"""A graph as folding sees it: its layers, ties and ranges."""

from dataclasses import dataclass, field

from ...network import Graph, Node, Tensor
from ...rules.check import RULES, problem_of
from .layers import Layer, layer_of
from .ranges import Span, anything, passed_on, results_of
from .ties import Tie, ties_of


@dataclass
class Step:
    """An operation; without a layer and without ties (None) it takes and makes tensors whole."""

    node: Node
    layer: Layer | None = None
    ties: list[Tie] | None = None


@dataclass
class View:
    """What is int8 with one scale, and no constant or variable, has a span."""

    graph: Graph
    steps: list[Step] = field(default_factory=list)
    spans: dict[int, Span] = field(default_factory=dict)


def view_of(graph: Graph) -> View:
    """Look at a graph whose shapes are settled."""
    view = View(graph)
    for index in graph.inputs:
        _know(view, index, None)
    for node in graph.nodes:
        step = _step(view, node)
        view.steps.append(step)
        span = None
        if step.layer:
            span = results_of(step.layer, view.spans[node.inputs[0]])
        elif step.ties:
            span = passed_on(graph, node, step.ties, view.spans)
        for index in node.outputs:
            _know(view, index, span)
    return view


def _step(view: View, node: Node) -> Step:
    graph = view.graph
    if node.op not in RULES or problem_of(graph, node):
        return Step(node)
    if len(node.outputs) != 1 or not _is_counted(graph.tensors[node.outputs[0]]):
        return Step(node)
    layer = layer_of(graph, node)
    ties = ties_of(graph, node, layer)
    read = [node.inputs[0]] if layer else [tie.source for tie in ties or ()]
    if any(index not in view.spans for index in read):
        return Step(node)
    return Step(node, layer, ties)


def _know(view: View, index: int, span: Span | None) -> None:
    tensor = view.graph.tensors[index]
    if _is_counted(tensor):
        view.spans[index] = span or anything(tensor.shape[-1])


def _is_counted(tensor: Tensor) -> bool:
    if tensor.type != "INT8" or not tensor.elements or not tensor.shape:
        return False
    if tensor.data is not None or tensor.is_variable or tensor.quantization is None:
        return False
    return len(tensor.quantization.scales) == len(tensor.quantization.zero_points) == 1
