"""Reads the operations of a TFLite model."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path

from ..errors import AssetError


@dataclass(frozen=True)
class Operation:
    """An operation by TFLite's name. `macs` are its multiply-accumulates."""

    name: str
    macs: int


def read_operations(path: Path) -> list[Operation]:
    """The operations of a model's first graph, in the order of their execution.

    Raises:
        AssetError: the file cannot be read as a TFLite model.

    """
    import tflite

    try:
        model = tflite.Model.GetRootAs(path.read_bytes(), 0)
        graph = model.Subgraphs(0)
        return [
            _operation(tflite.opcode2name, model, graph, graph.Operators(i))
            for i in range(graph.OperatorsLength())
        ]
    except OSError as error:
        raise AssetError(f"{path}: cannot be read: {error.strerror}") from None
    except (AttributeError, IndexError, TypeError, ValueError, KeyError) as error:
        raise AssetError(f"{path}: not a TFLite model: {error}") from None
    except Exception as error:
        if type(error).__module__ != "struct":
            raise
        raise AssetError(f"{path}: damaged TFLite model: {error}") from None


def _operation(name_of: Callable[[int], str], model, graph, operator) -> Operation:  # type: ignore[no-untyped-def]
    code = model.OperatorCodes(operator.OpcodeIndex())
    # Files written before the schema's version 3a have the code in the old byte only.
    name = name_of(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()))
    output = [int(n) for n in graph.Tensors(operator.Outputs(0)).ShapeAsNumpy()]
    if name not in _MACS:
        return Operation(name, 0)
    weights = [int(n) for n in graph.Tensors(operator.Inputs(1)).ShapeAsNumpy()]
    return Operation(name, _MACS[name](output, weights))


_MACS: dict[str, Callable[[list[int], list[int]], int]] = {
    "CONV_2D": lambda output, weights: prod(output) * prod(weights[1:]),
    "DEPTHWISE_CONV_2D": lambda output, weights: prod(output) * prod(weights[1:3]),
    "FULLY_CONNECTED": lambda output, weights: prod(output) * weights[-1],
}
