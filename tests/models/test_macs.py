"""Multiply-accumulates of an operation, counted by hand."""

import numpy as np
import pytest

from tinysim.models.graph import list_operations
from tinysim.models.read import parse_network

from ..operations.graph import Graph


def _weights(graph: Graph, *shape: int) -> int:
    return graph.constant(np.ones(shape), "int8", (0.1,))


def _counted(graph: Graph) -> int:
    return sum(one.macs for one in list_operations(parse_network(graph.write()).main))


@pytest.mark.parametrize(
    ("outputs", "kernel", "expected"),
    [
        ((1, 8, 8, 5), (3, 3), 4 * 4 * 2 * 3 * 3 * 5),  # an input pixel reaches 9 outputs
        ((1, 4, 4, 1), (1, 1), 4 * 4 * 2),
    ],
)
def test_a_transposed_convolution_spreads_each_input_over_the_kernel(
    outputs: tuple[int, ...], kernel: tuple[int, int], expected: int
) -> None:
    graph = Graph()
    x = graph.input((1, 4, 4, 2), "int8", 0.1)
    weights = _weights(graph, outputs[-1], *kernel, 2)
    stride = outputs[1] // 4
    inputs = [graph.constant(outputs), weights, x]
    graph.op("TRANSPOSE_CONV", inputs, outputs, scale=0.1, StrideH=stride, StrideW=stride)
    assert _counted(graph) == expected


def test_a_dense_layer_has_a_product_for_each_weight_and_row() -> None:
    graph = Graph()
    x = graph.input((3, 7), "int8", 0.1)
    graph.op("FULLY_CONNECTED", [x, _weights(graph, 5, 7), -1], (3, 5), scale=0.1)
    assert _counted(graph) == 3 * 5 * 7


def test_what_only_moves_numbers_has_none() -> None:
    graph = Graph()
    x = graph.input((2, 3), "int8", 0.1)
    graph.op("RESHAPE", [x, graph.constant([6])], (6,), scale=0.1)
    assert _counted(graph) == 0
