"""CAST of types for which TFLM has none: a picture's bytes, and places in int64."""

from dataclasses import replace

from ...network import Quantization, Tensor
from .making import Making

_ROOMY = ("FLOAT32", "INT32", "INT16")


def write(making: Making) -> None:
    """By the type that comes in."""
    if making.view.input(0).type == "UINT8":
        _count(making)
    elif (place := narrow(making, making.node.inputs[0])) is not None:
        if making.view.outputs[0].type == "INT32":
            making.nodes[-1] = replace(making.nodes[-1], outputs=making.node.outputs)
        else:
            making.nodes.append(replace(making.node, inputs=(place,)))


def narrow(making: Making, source: int) -> int | None:
    """A place of int64 in int32, which ARG_MAX and ARG_MIN can give as well."""
    if making.tensors[source].type != "INT64":
        return None
    for node in making.view.graph.nodes:
        if node.outputs == (source,) and node.op in ("ARG_MAX", "ARG_MIN"):
            place = making.like(source, "narrow", type="INT32")
            options = {**node.options, "output_type": 2}
            making.nodes.append(replace(node, outputs=(place,), options=options))
            return place
    return None


def _count(making: Making) -> None:
    """By DEQUANTIZE of a scale of 1, and from float32 to another type that has room for them."""
    source, (output,) = making.node.inputs[0], making.node.outputs
    here, there = making.view.input(0), making.view.outputs[0]
    if here.data is not None or there.type not in _ROOMY:
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
