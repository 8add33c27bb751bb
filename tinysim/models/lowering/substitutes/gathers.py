"""EMBEDDING_LOOKUP and GATHER_ND by GATHER."""

from dataclasses import replace
from math import prod

import numpy as np

from .making import Making


def embed(making: Making) -> None:
    """EMBEDDING_LOOKUP: the indices come first."""
    indices, table = making.node.inputs
    if making.tensors[table].type == making.view.outputs[0].type:
        making.taken(table, indices, making.node.outputs[0])


def by_place(making: Making) -> None:
    """GATHER_ND: the places' last axis counts along the first axes of what is taken from, which
    are one axis for GATHER.
    """
    view, output = making.view, making.node.outputs[0]
    here, places = view.input(0), view.input(1)
    if places.type not in ("INT32", "INT64") or not places.shape:
        return
    depth = places.shape[-1]
    if not 1 <= depth <= len(here.shape) or 0 in here.shape:
        return
    axes, rest = here.shape[:depth], here.shape[depth:]
    steps = [prod(axes[axis + 1 :]) for axis in range(depth)]
    if places.data is not None:
        stored = np.array(view.known(1), np.int64).reshape(-1, depth)
        if not ((stored >= 0) & (stored < np.array(axes))).all():
            return
        flat = making.integers("places", (stored @ np.array(steps)).astype(np.int32))
    elif places.type == "INT32":
        flat = _counted(making, steps)
    else:
        return
    source = making.node.inputs[0]
    if depth > 1:
        source = making.reshaped(source, (prod(axes), *rest))
    count = prod(places.shape[:-1])
    picked = making.like(output, "rows", shape=(count, *rest))
    making.taken(source, flat, picked)
    making.reshape_to(picked, output)


def _counted(making: Making, steps: list[int]) -> int:
    """Places that come in: the sum of those along each axis, times its step."""
    count, depth = prod(making.view.input(1).shape[:-1]), len(steps)
    source = making.reshaped(making.node.inputs[1], (count, depth))
    if depth > 1:
        ones = making.like(source, "steps")
        making.counted("MUL", source, making.integers("steps", steps), ones)
        parts = tuple(making.like(source, "axis", shape=(count, 1)) for _ in steps)
        axis = making.integers("axis", 1)
        making.then("SPLIT", (axis, ones), parts[0], "SplitOptions", num_splits=depth)
        making.nodes[-1] = replace(making.nodes[-1], outputs=parts)
        source = parts[0]
        for part in parts[1:]:
            source = making.counted("ADD", source, part, making.like(part, "sum"))
    return making.reshaped(source, (count,))
