"""CONV_2D of float32 in groups, by one for each group: TFLM's kernel knows none."""

from dataclasses import replace

import numpy as np

from ...network import Tensor
from ...rules.view import rank
from .making import Making


def divide(making: Making) -> None:
    """SPLIT, a CONV_2D a group over its part of the weights, CONCATENATION."""
    view = making.view
    source, weights, bias = view.input(0), view.input(1), view.optional(2)
    there = view.outputs[0]
    if source.type != "FLOAT32" or weights.data is None or (bias and bias.data is None):
        return
    rank(weights, 4)
    groups, rest = divmod(rank(source, 4)[-1], max(weights.shape[-1], 1))
    if groups < 2 or rest or weights.shape[0] % groups:
        return
    axis = making.integers("channels", 3)
    parts = [making.tensor(_part(source, groups)) for _ in range(groups)]
    making.then("SPLIT", (axis, making.node.inputs[0]), parts[0], "SplitOptions", num_splits=groups)
    making.nodes[-1] = replace(making.nodes[-1], outputs=tuple(parts))
    made = []
    for number, part in enumerate(parts):
        inputs = [part, making.tensor(_rows(weights, groups, number))]
        if bias:
            inputs.append(making.tensor(_rows(bias, groups, number)))
        made.append(making.tensor(_part(there, groups)))
        making.nodes.append(replace(making.node, inputs=tuple(inputs), outputs=(made[-1],)))
    making.then(
        "CONCATENATION",
        made,
        making.node.outputs[0],
        "ConcatenationOptions",
        axis=3,
        fused_activation_function=0,
    )


def _part(whole: Tensor, groups: int) -> Tensor:
    """A group's channels of a picture."""
    shape = (*whole.shape[:-1], whole.shape[-1] // groups)
    return Tensor(f"{whole.name}/group", shape, whole.type)


def _rows(whole: Tensor, groups: int, number: int) -> Tensor:
    """A group's outputs of a constant."""
    values = np.frombuffer(whole.data or b"", np.float32).reshape(groups, -1)[number]
    shape = (whole.shape[0] // groups, *whole.shape[1:])
    return replace(
        whole, name=f"{whole.name}/group", shape=shape, data=values.tobytes(), shape_signature=()
    )
