"""How TFLite brings a sum to int8: the arithmetic of its kernels over whole numbers, exactly."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...network import Tensor

Integers = NDArray[np.int64]

LEAST, MOST = -(1 << 31), (1 << 31) - 1
"""Of a sum."""
_BYTE = (-128, 127)
_BITS = 31


@dataclass(frozen=True)
class Multiplier:
    """A positive factor as a fraction of 2^31 and a shift, positive to the left."""

    fraction: int
    shift: int


def multiplier_of(factor: float) -> Multiplier:
    """TFLite's `QuantizeMultiplier`."""
    fraction, shift = math.frexp(factor)
    whole = math.floor(fraction * (1 << _BITS) + 0.5)
    if whole == 1 << _BITS:
        whole, shift = whole // 2, shift + 1
    return Multiplier(0, 0) if shift < -_BITS else Multiplier(whole, shift)


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


def multiplied(sums: Integers, multiplier: Multiplier) -> Integers | None:
    """TFLite's `MultiplyByQuantizedMultiplier`, in two roundings; it never falls while a sum
    rises. None where a number on the way is none of int32.
    """
    left, right = max(multiplier.shift, 0), max(-multiplier.shift, 0)
    # No shift by more than int64 takes: whatever is larger overflows all the same.
    wide = sums << min(left, _BITS)
    if (wide < LEAST).any() or (wide > MOST).any() or left > _BITS:
        return None
    product = wide * multiplier.fraction
    product += np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    high = np.where(product >= 0, product >> _BITS, -((-product) >> _BITS))
    mask = (1 << right) - 1
    threshold = (mask >> 1) + (high < 0)
    rounded: Integers = (high >> right) + ((high & mask) > threshold)
    return rounded


def rescaled(sums: Integers, multipliers: list[Multiplier], into: Range) -> Integers | None:
    """The results of sums, whose last axis has a multiplier for each; None where one overflows."""
    parts = []
    for channel, multiplier in enumerate(multipliers):
        part = multiplied(sums[..., channel], multiplier)
        if part is None:
            return None
        parts.append(part)
    results = np.stack(parts, axis=-1) + into.zero_point
    clamped: Integers = np.clip(results, into.least, into.most)
    return clamped
