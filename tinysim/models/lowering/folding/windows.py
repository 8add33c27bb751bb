"""What of a kernel lies on the picture: all of it in the middle, less at padded borders."""

import numpy as np
from numpy.typing import NDArray

_SAME = 0
_MOST = 1 << 22
"""Taps in all windows together: a kernel as large as its picture has millions."""

Taps = NDArray[np.bool_]


def windows(
    picture: tuple[int, int],
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilations: tuple[int, int],
    padding: int,
) -> list[Taps]:
    """Which taps lie on the picture: each pattern (height, width) that some output has, once.
    None at all where that is too much.
    """
    rows, columns = (
        _along(size, taps, stride, dilation, padding)
        for size, taps, stride, dilation in zip(picture, kernel, strides, dilations, strict=True)
    )
    if rows.size * columns.size > _MOST:
        return []
    return [np.outer(row, column) for row in rows for column in columns]


def _along(size: int, taps: int, stride: int, dilation: int, padding: int) -> Taps:
    """The patterns of one direction."""
    reach = (taps - 1) * dilation + 1
    if padding == _SAME:
        count = -(-size // stride)
        before = max((count - 1) * stride + reach - size, 0) // 2
    else:
        count, before = -(-(size - reach + 1) // stride), 0
    # A window begins with tap `first` and ends before tap `last`.
    starts = np.arange(count) * stride - before
    first = np.clip(-(starts // dilation), 0, taps)
    last = np.clip(-((starts - size) // dilation), 0, taps)
    ends = np.array(sorted(set(zip(first.tolist(), last.tolist(), strict=True))))
    places = np.arange(taps)
    return (places >= ends[:, :1]) & (places < ends[:, 1:])
