"""SIGN by comparing with 0."""

import numpy as np

from ...network import Tensor
from .making import Making


def compare(making: Making) -> None:
    """Whether it is above, less whether it is below."""
    source, (output,) = making.node.inputs[0], making.node.outputs
    here = making.view.input(0)
    if here.type not in ("FLOAT32", "INT32") or here.quantization:
        return
    kind = np.float32 if here.type == "FLOAT32" else np.int32
    zero = making.tensor(Tensor("zero", (), here.type, data=kind(0).tobytes()))
    number = 0 if here.type == "FLOAT32" else 2
    sides = []
    for op in ("GREATER", "LESS"):
        side = making.like(source, op.lower(), type="BOOL")
        making.then(op, (source, zero), side, f"{op.capitalize()}Options")
        sides.append(making.like(source, f"is {op.lower()}"))
        making.then("CAST", (side,), sides[-1], "CastOptions", in_data_type=6, out_data_type=number)
    above, below = sides
    making.counted("SUB", above, below, output)
