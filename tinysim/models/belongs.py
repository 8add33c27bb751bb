"""Whether a model is one for a benchmark."""

from ..benchmarks import Benchmark
from ..errors import AssetError
from .network import Tensor
from .prepare import Prepared

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


def _describe(tensor: Tensor) -> str:
    return f"{tensor.type.lower()} {list(tensor.shape)}"
