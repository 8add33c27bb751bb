"""Whether a model is one for a benchmark."""

import numpy as np

from ..benchmarks import Benchmark
from ..errors import AssetError
from .network import Quantization, Tensor
from .prepare import Prepared

OFFICIAL_INPUT = {"kws": Quantization((0.5847029089927673,), (83,))}
"""How the official runner's files were quantized, where the firmware hands them on as they are."""
_TYPE = "INT8"


def require_belongs(prepared: Prepared, benchmark: Benchmark) -> None:
    """Make sure that the ends of a model are those that the benchmark's firmware serves.

    Raises:
        AssetError: they are not; the text names what differs.

    """
    graph = prepared.lowered.graph
    inputs = graph.inputs[: len(graph.inputs) - prepared.lowered.state.count]
    outputs = graph.outputs[: prepared.lowered.outputs]
    differences = []
    for what, indices, shape in (
        ("input", inputs, benchmark.model_input),
        ("output", outputs, benchmark.model_output),
    ):
        found = [_describe(graph.tensors[index]) for index in indices]
        wanted = f"{_TYPE.lower()} {list(shape)}"
        if found != [wanted]:
            differences.append(f"its {what} is {' and '.join(found)}, not {wanted}")
    if differences:
        raise AssetError(
            f"{prepared.path}: not a model for {benchmark.name}: {', and '.join(differences)}"
        )


def other_scale(prepared: Prepared, benchmark: Benchmark) -> str:
    """How the model's input is quantized, where that is not how the official inputs are; empty
    where it is, or where the firmware quantizes by what the model says.
    """
    wanted = OFFICIAL_INPUT.get(benchmark.name)
    graph = prepared.lowered.graph
    found = graph.tensors[graph.inputs[0]].quantization
    if wanted is None or found is None:
        return ""
    close = np.float32(found.scales[0]) == np.float32(wanted.scales[0])
    if close and found.zero_points == wanted.zero_points:
        return ""
    return (
        f"its input has scale {found.scales[0]:.7g} and zero point {found.zero_points[0]}; the "
        f"official inputs have {wanted.scales[0]:.7g} and {wanted.zero_points[0]} "
        f"(tinysim quantize --as {benchmark.name} sees to it)"
    )


def _describe(tensor: Tensor) -> str:
    return f"{tensor.type.lower()} {list(tensor.shape)}"
