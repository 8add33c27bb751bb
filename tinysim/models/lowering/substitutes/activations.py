"""Activations by others, and fused ones by operations of their own."""

from dataclasses import replace

import numpy as np

from ...network import Node, Tensor
from ...rules.view import UnfitError
from .making import Making

_FUSED = {1: "RELU", 3: "RELU6"}
"""Activations that are an operation as well."""

_ENDS = {"RELU_0_TO_1": (0.0, 1.0), "RELU_N1_TO_1": (-1.0, 1.0)}


def clamp(making: Making) -> None:
    """RELU_0_TO_1 and RELU_N1_TO_1 by MAXIMUM and MINIMUM."""
    source, (output,) = making.node.inputs[0], making.node.outputs
    here, there = making.view.input(0), making.view.outputs[0]
    if here.quantization != there.quantization:
        return
    low, high = (making.tensor(_level(here, value)) for value in _ENDS[making.node.op])
    middle = making.tensor(replace(there, name=f"{there.name}/low"))
    making.then("MAXIMUM", (source, low), middle, "MaximumMinimumOptions")
    making.then("MINIMUM", (middle, high), output, "MaximumMinimumOptions")


def _level(like: Tensor, value: float) -> Tensor:
    name = f"{like.name}/{value:g}"
    if like.type == "FLOAT32":
        return Tensor(name, (), "FLOAT32", data=np.float32(value).tobytes())
    if like.quantization is None or like.type not in ("INT8", "INT16"):
        raise UnfitError(like.type)
    kind = np.int8 if like.type == "INT8" else np.int16
    stored = round(value / like.quantization.scales[0]) + like.quantization.zero_points[0]
    limits = np.iinfo(kind)
    data = kind(min(max(stored, limits.min), limits.max)).tobytes()
    return Tensor(name, (), like.type, like.quantization, data)


def move(making: Making) -> None:
    """A fused activation behind its operation, whose kernel knows none."""
    activation = making.view.option("fused_activation_function")
    if activation not in _FUSED:
        return
    (output,) = making.node.outputs
    there = making.tensors[output]
    middle = making.tensor(replace(there, name=f"{there.name}/sum"))
    options = {**making.node.options, "fused_activation_function": 0}
    making.nodes.append(replace(making.node, outputs=(middle,), options=options))
    making.nodes.append(Node(_FUSED[activation], (middle,), (output,)))
