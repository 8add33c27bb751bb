"""CONCATENATION of uint8 brings its inputs to one scale; that of int8 has but one."""

from dataclasses import replace

import numpy as np

from ...network import Quantization
from ..substitutes.functions import by_table
from ..substitutes.making import Making


def rescale(making: Making) -> None:
    """Each input of another scale by a table of its 256 values."""
    there = making.view.outputs[0]
    if there.type != "INT8" or there.quantization is None:
        return
    inputs = []
    for index in making.node.inputs:
        here = making.tensors[index]
        same = here.quantization == there.quantization
        if here.type != "INT8" or here.quantization is None or here.data is not None or same:
            inputs.append(index)
            continue
        scaled = making.tensor(
            replace(here, name=f"{here.name}/scaled", quantization=there.quantization)
        )
        by_table(making, index, scaled, _table(here.quantization, there.quantization))
        inputs.append(scaled)
    if making.nodes:
        making.nodes.append(replace(making.node, inputs=tuple(inputs)))


def _table(here: Quantization, there: Quantization) -> bytes:
    """In float32, as TFLite's kernel for uint8 computes it."""
    shift = 128
    scale = np.float32(here.scales[0]) * (np.float32(1) / np.float32(there.scales[0]))
    offset = np.float32(-(here.zero_points[0] + shift)) * scale
    values = np.arange(256, dtype=np.float32) * scale + offset
    rounded = np.trunc(values + np.copysign(np.float32(0.5), values)).astype(np.int32)
    stored = (rounded + there.zero_points[0] + shift).clip(0, 255) - shift
    return bytes(stored.astype(np.int8).tobytes())
