"""CAST of uint8, as of a picture's bytes, by DEQUANTIZE of a scale of 1."""

from dataclasses import replace

from ...network import Quantization, Tensor
from .making import Making

_ROOMY = ("FLOAT32", "INT32", "INT16")


def count(making: Making) -> None:
    """To float32, and from there to another type that has room for them."""
    source, (output,) = making.node.inputs[0], making.node.outputs
    here, there = making.view.input(0), making.view.outputs[0]
    if here.type != "UINT8" or here.data is not None or there.type not in _ROOMY:
        return
    whole = Quantization((1.0,), (0,))
    if here.quantization not in (None, whole):
        return
    making.tensors[source] = replace(here, quantization=whole)
    if there.type == "FLOAT32":
        making.then("DEQUANTIZE", (source,), output)
        return
    real = making.tensor(Tensor(f"{here.name}/real", here.shape, "FLOAT32"))
    making.then("DEQUANTIZE", (source,), real)
    making.nodes.append(replace(making.node, inputs=(real,)))
