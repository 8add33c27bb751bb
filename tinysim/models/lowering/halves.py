"""Weights of four bits, two a byte, become bytes: kernels for int8 compute the same with them."""

import numpy as np

from ...errors import AssetError
from ..network import Graph, Tensor

_READERS = {"CONV_2D": 1, "DEPTHWISE_CONV_2D": 1, "FULLY_CONNECTED": 1, "DEQUANTIZE": 0}
"""Which input of theirs such weights are."""


def unpack(graph: Graph) -> Graph:
    """The same graph; weights that another operation reads too are left to whoever judges that.

    Raises:
        AssetError: a tensor has another number of bytes than its shape.

    """
    for index, tensor in enumerate(graph.tensors):
        if tensor.type != "INT4" or tensor.data is None:
            continue
        places = [
            (node.op, place)
            for node in graph.nodes
            for place, read in enumerate(node.inputs)
            if read == index
        ]
        if all(_READERS.get(op) == place for op, place in places):
            graph = graph.with_tensor(index, type="INT8", data=_bytes(tensor))
    return graph


def _bytes(tensor: Tensor) -> bytes:
    """The first number of two is in the lower bits."""
    packed = np.frombuffer(tensor.data or b"", np.uint8)
    if len(packed) != (tensor.elements + 1) // 2:
        raise AssetError(
            f"'{tensor.name}' has {len(packed)} bytes of data for {tensor.elements} numbers of "
            "four bits"
        )
    pairs = np.stack([packed & 15, packed >> 4], axis=-1).ravel()[: tensor.elements]
    numbers = pairs.astype(np.int8)
    numbers[numbers > 7] -= 16
    return numbers.tobytes()
