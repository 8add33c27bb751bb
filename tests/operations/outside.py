"""Graphs beside those of the cases: one thing of an operation changed, whatever it is."""

import copy
from collections.abc import Iterator

import numpy as np
import tflite

from .graph import TYPES, Graph

_NUMBERS = (-1, 0, 1, 2, 3, 5)
_RANKS = (1, 2, 3, 4, 5, 6, 7, 9)
_ENDS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}

Change = tuple[str, Graph]


def changed(graph: Graph) -> Iterator[Change]:
    """Each graph that differs in one thing, and what it is."""
    for each in (_options, _versions, _types, _quantizations, _inputs, _shapes, _constants):
        yield from each(graph)


def _options(graph: Graph) -> Iterator[Change]:
    node = graph.nodes[0]
    prefix = f"{node.table}Add"
    for field in sorted(
        name.removeprefix(prefix) for name in dir(tflite) if name.startswith(prefix)
    ):
        if isinstance(node.options.get(field), list):
            continue
        for value in _NUMBERS:
            if value == node.options.get(field, 0):
                continue
            other = copy.deepcopy(graph)
            other.nodes[0].options[field] = value
            yield f"{field} {value}", other


def _versions(graph: Graph) -> Iterator[Change]:
    for version in range(1, 16):
        other = copy.deepcopy(graph)
        other.nodes[0].version = version
        yield f"version {version}", other


def _types(graph: Graph) -> Iterator[Change]:
    for index, tensor in enumerate(graph.tensors):
        for dtype in TYPES:
            if dtype == tensor.dtype:
                continue
            other = copy.deepcopy(graph)
            other.tensors[index].dtype = dtype
            if tensor.data is not None:
                other.tensors[index].data = tensor.data.astype(dtype)
            yield f"tensor {index} of {dtype}", other
    for dtype in TYPES:
        other = copy.deepcopy(graph)
        for tensor in (other.tensors[i] for i in _made(other) | set(other.inputs)):
            tensor.dtype = dtype
        yield f"all of {dtype}", other


def _quantizations(graph: Graph) -> Iterator[Change]:
    for index, tensor in enumerate(graph.tensors):
        if not tensor.scales:
            continue
        for zero in (*_ENDS.get(tensor.dtype, ()), 0, 1):
            if zero != tensor.zero_point:
                other = copy.deepcopy(graph)
                other.tensors[index].zero_point = zero
                yield f"tensor {index} with zero point {zero}", other
        for factor in (1e-6, 0.5, 2.0, 1e6):
            other = copy.deepcopy(graph)
            other.tensors[index].scales = tuple(
                float(np.float32(scale * factor)) for scale in tensor.scales
            )
            yield f"tensor {index} with {factor} times its scale", other
        for axis, size in enumerate(tensor.shape):
            other = copy.deepcopy(graph)
            other.tensors[index].scales = tuple(
                float(np.float32(tensor.scales[0] * (1 + i / 7))) for i in range(size)
            )
            other.tensors[index].axis = axis
            yield f"tensor {index} with scales along axis {axis}", other
        other = copy.deepcopy(graph)
        other.tensors[index].scales = ()
        yield f"tensor {index} without a scale", other


def _made(graph: Graph) -> set[int]:
    return {index for node in graph.nodes for index in node.outputs}


def _inputs(graph: Graph) -> Iterator[Change]:
    node = graph.nodes[0]
    for place, index in enumerate(node.inputs):
        if index >= 0 and graph.tensors[index].data is not None:
            other = copy.deepcopy(graph)
            other.tensors[index].data = None
            other.inputs.append(index)
            yield f"input {place} computed", other
        if index >= 0 and graph.tensors[index].variable:
            other = copy.deepcopy(graph)
            other.tensors[index].variable = False
            other.inputs.append(index)
            yield f"input {place} no variable", other
        if index >= 0:
            other = copy.deepcopy(graph)
            other.nodes[0].inputs[place] = -1
            yield f"without input {place}", other
        else:
            other = copy.deepcopy(graph)
            other.nodes[0].inputs[place] = node.inputs[0]
            yield f"with input {place}", other
        other = copy.deepcopy(graph)
        del other.nodes[0].inputs[place:]
        yield f"with {place} inputs", other
    other = copy.deepcopy(graph)
    other.nodes[0].inputs.append(node.inputs[0])
    yield "with an input more", other


def _shapes(graph: Graph) -> Iterator[Change]:
    moving = sorted(_made(graph) | set(graph.inputs))
    for rank in _RANKS:
        other = copy.deepcopy(graph)
        for index in moving:
            shape = other.tensors[index].shape
            shape = (*(1,) * (rank - len(shape)), *shape)
            # What is cut off in front must be nothing.
            if set(shape[: len(shape) - rank]) <= {1}:
                other.tensors[index].shape = shape[len(shape) - rank :]
        yield f"of {rank} dimensions", other
    for index in range(len(graph.tensors)):
        for axis in range(len(graph.tensors[index].shape)):
            if graph.tensors[index].data is None:
                other = copy.deepcopy(graph)
                shape = list(other.tensors[index].shape)
                shape[axis] = 0
                other.tensors[index].shape = tuple(shape)
                yield f"tensor {index} with nothing along axis {axis}", other


def _constants(graph: Graph) -> Iterator[Change]:
    for index, tensor in enumerate(graph.tensors):
        if tensor.data is None or tensor.dtype not in ("int32", "int64") or tensor.scales:
            continue
        for place in range(tensor.data.size):
            for value in (-9, -2, -1, 0, 1, 2, 9):
                other = copy.deepcopy(graph)
                data = np.array(tensor.data)
                if data.flat[place] == value:
                    continue
                data.flat[place] = value
                other.tensors[index].data = data
                yield f"constant {index} with {value} at {place}", other
