"""Constants of a model as real numbers, each with how exact it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError
from ..models.host import DTYPES
from ..models.network import Tensor

_FLOAT32, _FLOAT16 = 2.0**-22, 2.0**-10
"""Relative: two roundings, those of folding a batch normalization or of a quotient and its scale;
one rounding and the folding before it.
"""


@dataclass(frozen=True)
class Values:
    """What a constant stands for.

    `steps` has the distance between neighbours on the grid that a number was rounded to, and
    `rounding` what floating point may have added, both in the constant's shape.
    """

    numbers: NDArray[np.float64]
    steps: NDArray[np.float64]
    rounding: NDArray[np.float64]

    @property
    def reach(self) -> NDArray[np.float64]:
        """How far from a number the one may be that it was rounded from."""
        reach: NDArray[np.float64] = self.steps / 2 + self.rounding
        return reach

    def times(self, factors: "Values") -> "Values":
        """The products: each number by the factor of its first axis's place."""
        shape = (-1,) + (1,) * (self.numbers.ndim - 1)
        factor, size = factors.numbers.reshape(shape), np.abs(self.numbers)
        apart = factors.trusted.reshape(shape)
        whole = np.abs(factor)
        return Values(
            self.numbers * factor,
            self.steps * (whole + apart),
            self.rounding * (whole + apart) + size * (apart + whole * _FLOAT32),
        )

    def plus(self, terms: "Values", sign: int = 1) -> "Values":
        """The sums, or the differences."""
        total = self.numbers + sign * terms.numbers
        rounding = self.rounding + terms.trusted + np.abs(total) * _FLOAT32
        return Values(total, self.steps, rounding)

    @property
    def trusted(self) -> NDArray[np.float64]:
        """`reach`, but not that of a grid coarser than the largest number needs in int8."""
        needed = np.exp2(np.ceil(np.log2(max(np.abs(self.numbers).max(initial=0.0), 1e-300) / 127)))
        trusted: NDArray[np.float64] = np.minimum(self.steps, needed) / 2 + self.rounding
        return trusted

    def only(self, places: NDArray[np.intp], axis: int = 0) -> "Values":
        """Those at some places along an axis."""
        return Values(
            *(part.take(places, axis) for part in (self.numbers, self.steps, self.rounding))
        )

    def shaped(self, shape: tuple[int, ...]) -> "Values":
        """The same in another shape."""
        return Values(*(part.reshape(shape) for part in (self.numbers, self.steps, self.rounding)))

    def moved(self, order: tuple[int, ...]) -> "Values":
        """The same with its axes in another order."""
        return Values(
            *(part.transpose(order) for part in (self.numbers, self.steps, self.rounding))
        )


def read_values(tensor: Tensor) -> Values:
    """A constant's values.

    Raises:
        AssetError: it has none, or is of a type that weights do not have.

    """
    if tensor.data is None or tensor.type not in DTYPES:
        raise AssetError(f"'{tensor.name}' is no constant")
    stored: NDArray[Any] = np.frombuffer(tensor.data, DTYPES[tensor.type])
    if stored.size != tensor.elements:
        raise AssetError(f"'{tensor.name}' has {stored.size} of {tensor.elements} numbers")
    raw = stored.reshape(tensor.shape).astype(np.float64)
    if tensor.type in ("FLOAT32", "FLOAT16"):
        relative = _FLOAT32 if tensor.type == "FLOAT32" else _FLOAT16
        return Values(raw, np.zeros_like(raw), np.abs(raw) * relative)
    scheme = tensor.quantization
    if scheme is None:
        raise AssetError(f"'{tensor.name}' is {tensor.type.lower()} without a scale")
    if not all(0 < scale < np.inf for scale in scheme.scales):
        raise AssetError(f"'{tensor.name}' has a scale that is none")
    shape = [1] * raw.ndim
    if len(scheme.scales) > 1:
        shape[scheme.axis] = -1
    scales = np.array(scheme.scales).reshape(shape)
    levels = raw - np.array(scheme.zero_points).reshape(shape)
    steps = np.broadcast_to(scales, raw.shape).copy()
    # A converter divides by the scale in float32, where large quotients are no whole numbers.
    return Values(levels * scales, steps, np.abs(levels) * _FLOAT32 * scales)
