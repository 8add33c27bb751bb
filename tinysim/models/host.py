"""The host's own interpreter, today's TFLM, which says what is right."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ToolError
from .network import Graph

_SPARE = 1 << 20
"""Bytes for what kernels set aside, and for the interpreter's own structures."""

DTYPES = {
    "FLOAT32": np.float32,
    "INT32": np.int32,
    "UINT8": np.uint8,
    "INT64": np.int64,
    "BOOL": np.bool_,
    "INT16": np.int16,
    "INT8": np.int8,
    "UINT32": np.uint32,
    "UINT16": np.uint16,
    "FLOAT64": np.float64,
    "UINT64": np.uint64,
    "FLOAT16": np.float16,
}


def _arena(model: bytes, graph: Graph) -> int:
    """More than any plan of it takes; the interpreter's own guess goes by the file alone, which
    small weights and large pictures exceed.
    """
    results = sum(tensor.bytes for tensor in graph.tensors if tensor.data is None)
    return _SPARE + 10 * len(model) + 2 * results


def is_there() -> bool:
    """Whether the extra `host` is installed."""
    try:
        from tflite_micro import runtime
    except ImportError:
        return False
    return hasattr(runtime, "Interpreter")


def run(model: bytes, graph: Graph, inputs: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """The outputs' bytes for each input, which is all input tensors' bytes in a row. What a model
    keeps between inferences goes from one input to the next.

    Raises:
        ToolError: the interpreter is not there, or does not run the model.

    """
    try:
        from tflite_micro import runtime
    except ImportError:
        raise ToolError("the host's interpreter is missing: pip install 'tinysim[host]'") from None
    try:
        interpreter = runtime.Interpreter.from_bytes(model, arena_size=_arena(model, graph))
        answers = []
        for data in inputs:
            at = 0
            for place, index in enumerate(graph.inputs):
                tensor = graph.tensors[index]
                part: NDArray[Any] = np.frombuffer(data, DTYPES[tensor.type], tensor.elements, at)
                interpreter.set_input(part.reshape(tensor.shape), place)
                at += tensor.bytes
            interpreter.invoke()
            answers.append(
                tuple(interpreter.get_output(i).tobytes() for i in range(len(graph.outputs)))
            )
    except (RuntimeError, ValueError, KeyError) as error:
        raise ToolError(f"the host's interpreter does not run the model: {error}") from None
    return answers
