"""How TFLite brings a sum to int8: the arithmetic of its kernels over whole numbers, exactly."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...network import Tensor

Integers = NDArray[np.int64]

MOST = (1 << 31) - 1
"""Of a sum; its negative is as small as one is taken to be."""
_BYTE = (-128, 127)
_BITS = 31


@dataclass(frozen=True)
class Multipliers:
    """Positive factors, one or one a channel: parts of 2^31, and shifts, positive to the left."""

    fractions: Integers
    shifts: Integers


def multipliers_of(factors: Sequence[float]) -> Multipliers:
    """TFLite's `QuantizeMultiplier`."""
    pairs = [_multiplier(factor) for factor in factors]
    fractions, shifts = np.array(pairs, np.int64).T
    return Multipliers(fractions, shifts)


def _multiplier(factor: float) -> tuple[int, int]:
    fraction, shift = math.frexp(factor)
    whole = math.floor(fraction * (1 << _BITS) + 0.5)
    if whole == 1 << _BITS:
        whole, shift = whole // 2, shift + 1
    return (0, 0) if shift < -_BITS else (whole, shift)


@dataclass(frozen=True)
class Range:
    """Where a result lies: its zero point, and the numbers that an activation leaves."""

    zero_point: int
    least: int
    most: int


def range_of(output: Tensor, activation: int) -> Range | None:
    """The range of an int8 result; None for an activation that is no clamping."""
    assert output.quantization is not None
    scale, zero = output.quantization.scales[0], output.quantization.zero_points[0]

    def level(value: float) -> int:
        quotient = float(np.float32(value) / np.float32(scale))
        return zero + int(math.copysign(math.floor(abs(quotient) + 0.5), quotient))

    least, most = _BYTE
    if activation == 1:
        least = max(least, level(0.0))
    elif activation == 2:
        least, most = max(least, level(-1.0)), min(most, level(1.0))
    elif activation == 3:
        least, most = max(least, level(0.0)), min(most, level(6.0))
    elif activation != 0:
        return None
    return Range(zero, least, most)


def multiplied(sums: Integers, by: Multipliers) -> tuple[Integers, NDArray[np.bool_]]:
    """TFLite's `MultiplyByQuantizedMultiplier`, in two roundings, which never falls while a sum
    rises; and where no number on the way is beyond int32: the rest is not to be used.
    """
    left, right = np.maximum(by.shifts, 0), np.maximum(-by.shifts, 0)
    fits = (np.abs(sums) <= MOST >> np.minimum(left, _BITS)) & (left < _BITS)
    wide = np.where(fits, sums, 0) << np.minimum(left, _BITS)
    product = wide * by.fractions
    product += np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    high = np.where(product >= 0, product >> _BITS, -((-product) >> _BITS))
    mask = (1 << right) - 1
    threshold = (mask >> 1) + (high < 0)
    return (high >> right) + ((high & mask) > threshold), fits


def rescaled(sums: Integers, by: Multipliers, into: Range) -> tuple[Integers, NDArray[np.bool_]]:
    """The results of sums whose last axis is the channels, and where they hold."""
    results, fits = multiplied(sums, by)
    return np.clip(results + into.zero_point, into.least, into.most), fits
