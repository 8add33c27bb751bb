"""Conversions at a model's ends are left out where the benchmark's firmware makes them itself."""

from dataclasses import replace

from ..network import Graph

_CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")


def strip(graph: Graph) -> Graph:
    """The same graph with int8 ends: an input that is only quantized is taken as int8, and an
    output that an int8 tensor was converted to is given as that.
    """
    return _outputs(_inputs(graph))


def _inputs(graph: Graph) -> Graph:
    inputs = list(graph.inputs)
    nodes = list(graph.nodes)
    for place, index in enumerate(inputs):
        readers = [node for node in nodes if index in node.inputs]
        if len(readers) != 1 or index in graph.outputs or graph.tensors[index].type == "INT8":
            continue
        reader = readers[0]
        if reader.op == "QUANTIZE" and graph.tensors[reader.outputs[0]].type == "INT8":
            inputs[place] = reader.outputs[0]
            nodes.remove(reader)
    return replace(graph, inputs=tuple(inputs), nodes=tuple(nodes))


def _outputs(graph: Graph) -> Graph:
    outputs = list(graph.outputs)
    nodes = list(graph.nodes)
    for place, index in enumerate(outputs):
        maker = next((node for node in nodes if index in node.outputs), None)
        if maker is None or maker.op not in _CONVERSIONS:
            continue
        source = maker.inputs[0]
        if graph.tensors[index].type != "INT8" and graph.tensors[source].type == "INT8":
            outputs[place] = source
    return replace(graph, outputs=tuple(outputs))
