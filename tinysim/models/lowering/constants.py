"""Arithmetic over shapes and other whole-number constants is done here instead of on the board."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import AssetError
from ..network import Graph, Node, Tensor

Array = NDArray[np.generic]

_TYPES: dict[str, type[np.generic]] = {"INT32": np.int32, "INT64": np.int64, "BOOL": np.bool_}
LARGEST = 1 << 16
"""Elements of a constant that is made here: more would cost more flash than it saves time."""


def fold(graph: Graph) -> Graph:
    """The same graph, its operations over constants and shapes replaced by their results.

    Raises:
        AssetError: a result has another shape than the model says.

    """
    tensors = list(graph.tensors)
    nodes = []
    for node in graph.nodes:
        results = evaluate(node, tensors)
        if results is None or not set(node.outputs).isdisjoint(graph.outputs):
            nodes.append(node)
            continue
        for output, result in zip(node.outputs, results, strict=True):
            tensors[output] = constant(node, tensors[output], result)
    if len(nodes) == len(graph.nodes):
        return graph
    return replace(graph, tensors=tuple(tensors), nodes=tuple(nodes))


def constant(node: Node, tensor: Tensor, value: Array) -> Tensor:
    """A node's result with what it is.

    Raises:
        AssetError: it has another shape than the model says.

    """
    made = value.astype(_TYPES[tensor.type])
    if made.shape != tensor.shape:
        raise AssetError(
            f"{node.op} gives a shape of {list(made.shape)} where the model says "
            f"{list(tensor.shape)}"
        )
    return replace(tensor, data=made.tobytes(), shape_signature=())


def evaluate(node: Node, tensors: list[Tensor]) -> list[Array] | None:
    """What a node gives, None where it is not known here."""
    outputs = [tensors[index] for index in node.outputs]
    if any(tensor.type not in _TYPES or tensor.elements > LARGEST for tensor in outputs):
        return None
    if node.op in ("SHAPE", "RANK"):
        shape = tensors[node.inputs[0]].shape
        return [np.array(shape if node.op == "SHAPE" else len(shape))]
    compute = _COMPUTE.get(node.op)
    if compute is None or node.options.get("fused_activation_function"):
        return None
    inputs = [_value(tensors[index]) for index in node.present]
    known = [value for value in inputs if value is not None]
    if len(known) != len(inputs) or len(inputs) != len(node.inputs):
        return None
    try:
        with np.errstate(all="ignore"):
            result = compute(node, known, outputs)
    except (ValueError, IndexError, TypeError, ZeroDivisionError, OverflowError):
        return None  # left to whoever judges the operation
    return [np.asarray(part) for part in result] if isinstance(result, list) else [result]


def _value(tensor: Tensor) -> Array | None:
    if tensor.data is None or tensor.type not in _TYPES or tensor.quantization:
        return None
    return np.frombuffer(tensor.data, _TYPES[tensor.type]).reshape(tensor.shape)


def _integer(node: Node, name: str) -> int:
    value = node.options.get(name, 0)
    if not isinstance(value, int):
        raise TypeError(name)
    return value


def _strided_slice(node: Node, inputs: list[Array], outputs: list[Tensor]) -> Array:
    if _integer(node, "ellipsis_mask") or _integer(node, "new_axis_mask"):
        raise ValueError(node.op)
    source, begins, ends, strides = inputs
    places: list[slice | int] = []
    for axis, (begin, end, stride) in enumerate(
        zip(begins.tolist(), ends.tolist(), strides.tolist(), strict=True)
    ):
        bit = 1 << axis
        if _integer(node, "shrink_axis_mask") & bit:
            places.append(begin)
            continue
        places.append(
            slice(
                None if _integer(node, "begin_mask") & bit else begin,
                None if _integer(node, "end_mask") & bit else end,
                stride,
            )
        )
    return np.asarray(source[tuple(places)])


def _slice(node: Node, inputs: list[Array], outputs: list[Tensor]) -> Array:
    source, begins, sizes = inputs
    places = tuple(
        slice(begin, None if size == -1 else begin + size)
        for begin, size in zip(begins.tolist(), sizes.tolist(), strict=True)
    )
    return source[places]


def _unpack(node: Node, inputs: list[Array], outputs: list[Tensor]) -> list[Array]:
    axis = _integer(node, "axis")
    return [np.take(inputs[0], index, axis) for index in range(inputs[0].shape[axis])]


def _reduce(
    reduction: Callable[..., Array],
) -> Callable[[Node, list[Array], list[Tensor]], Array]:
    def compute(node: Node, inputs: list[Array], outputs: list[Tensor]) -> Array:
        axes = tuple(int(axis) for axis in np.atleast_1d(inputs[1]).tolist())
        keep = bool(node.options.get("keep_dims"))
        return reduction(inputs[0], axis=axes, keepdims=keep, dtype=inputs[0].dtype)

    return compute


def _gather(node: Node, inputs: list[Array], outputs: list[Tensor]) -> Array:
    if _integer(node, "batch_dims"):
        raise ValueError(node.op)
    return np.take(inputs[0], inputs[1].astype(np.int64), axis=_integer(node, "axis"))


def _shaped(node: Node, inputs: list[Array], outputs: list[Tensor]) -> Array:
    return inputs[0].reshape(outputs[0].shape)


_FUNCTIONS: dict[str, Callable[..., Array]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "FLOOR_DIV": np.floor_divide,
    "MAXIMUM": np.maximum,
    "MINIMUM": np.minimum,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "EQUAL": np.equal,
    "NOT_EQUAL": np.not_equal,
    "LOGICAL_AND": np.logical_and,
    "LOGICAL_OR": np.logical_or,
    "LOGICAL_NOT": np.logical_not,
    "SELECT_V2": np.where,
}
"""What takes its inputs as they are."""


def _over(function: Callable[..., Array]) -> Callable[[Node, list[Array], list[Tensor]], Array]:
    return lambda node, inputs, outputs: function(*inputs)


_COMPUTE: dict[str, Callable[[Node, list[Array], list[Tensor]], Array | list[Array]]] = {
    "STRIDED_SLICE": _strided_slice,
    "SLICE": _slice,
    "PACK": lambda node, inputs, _: np.stack(inputs, _integer(node, "axis")),
    "UNPACK": _unpack,
    "CONCATENATION": lambda node, inputs, _: np.concatenate(inputs, _integer(node, "axis")),
    "GATHER": _gather,
    "CAST": lambda node, inputs, outputs: inputs[0].astype(_TYPES[outputs[0].type]),
    "RESHAPE": _shaped,
    "SQUEEZE": _shaped,
    "EXPAND_DIMS": _shaped,
    "REDUCE_PROD": _reduce(np.prod),
    "SUM": _reduce(np.sum),
    **{name: _over(function) for name, function in _FUNCTIONS.items()},
    "FILL": lambda node, inputs, outputs: np.full(outputs[0].shape, inputs[1]),
}
