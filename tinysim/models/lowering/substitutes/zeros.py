"""ZEROS_LIKE by a constant."""

import numpy as np

from ...host import DTYPES
from ..constants import LARGEST
from .making import Making


def fill(making: Making) -> None:
    """As many zeros as there are values: what stands for 0 where they are quantized."""
    output, there = making.node.outputs[0], making.view.outputs[0]
    if output in making.view.graph.outputs or there.elements > LARGEST:
        return
    if there.type not in DTYPES:
        return
    zero = there.quantization.zero_points[0] if there.quantization else 0
    making.know(np.full(there.shape, zero, DTYPES[there.type]).tobytes())
