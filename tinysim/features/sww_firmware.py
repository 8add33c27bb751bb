"""The streaming wake word's features as the firmware computes them, bit for bit.

The reference's front end (`sww.log_mel`) in the order and with the roundings of
`firmware/streaming/features.cpp`: every product and sum in single precision, tables in double
precision and rounded once. There is no logarithm: a byte is the number of energies, one for each
step of the model's input, that a band's energy is beyond.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .frames import Samples

FRAME, STRIDE, BANDS = 1024, 512, 40
HISTORY = 30
"""Frames in the model's input."""
_POINTS, _BINS = FRAME // 2, FRAME // 2 + 1
_SCALE = 2.0**52
"""Of energies, over those of samples in [-1, 1]."""


def features(samples: NDArray[np.int16], scale: float) -> NDArray[np.int8]:
    """Frames x 40 bytes for an input quantized by `scale`, a frame each 512 samples of one channel.

    Before the first sample there is silence.
    """
    count = len(samples) // STRIDE
    heard = np.concatenate([np.zeros(STRIDE + 1, np.int32), samples.astype(np.int32)])
    sharper = (32 * heard[1:] - 31 * heard[:-1]).astype(np.float32)
    pieces = np.lib.stride_tricks.sliding_window_view(sharper, FRAME)[::STRIDE][:count]
    window, _, _ = _tables()
    energies = _energies(_powers(np.asarray(pieces * window, np.float32)))
    return (np.searchsorted(_steps(scale), energies, "left") - 128).astype(np.int8)


def inputs(frames: NDArray[np.int8]) -> NDArray[np.int8]:
    """What the model is given after each frame: 30 of them, 0 where none has been yet."""
    before = np.zeros((HISTORY - 1, BANDS), np.int8)
    heard = np.concatenate([before, frames])
    views = np.lib.stride_tricks.sliding_window_view(heard, HISTORY, axis=0)
    return np.ascontiguousarray(views.transpose(0, 2, 1))


def _powers(pieces: Samples) -> Samples:
    """Four times the power of each bin: frames x 513, by a transform of half as many points."""
    _, rotation_re, rotation_im = _tables()
    order = [int(f"{place:09b}"[::-1], 2) for place in range(_POINTS)]
    re = np.ascontiguousarray(pieces[:, 0::2][:, order])
    im = np.ascontiguousarray(pieces[:, 1::2][:, order])
    half = 1
    while half < _POINTS:
        pace = FRAME // (2 * half)
        wr, wi = rotation_re[:_POINTS:pace][:half], rotation_im[:_POINTS:pace][:half]
        a, b = _halves(re, half), _halves(im, half)
        ar, br, ai, bi = a[0], a[1], b[0], b[1]
        tr = br * wr - bi * wi
        ti = br * wi + bi * wr
        re = np.stack([ar + tr, ar - tr], axis=2).reshape(re.shape)
        im = np.stack([ai + ti, ai - ti], axis=2).reshape(im.shape)
        half *= 2
    here = np.arange(_BINS) % _POINTS
    mirror = (_POINTS - np.arange(_BINS)) % _POINTS
    even_re, even_im = re[:, here] + re[:, mirror], im[:, here] - im[:, mirror]
    odd_re, odd_im = im[:, here] + im[:, mirror], re[:, mirror] - re[:, here]
    x_re = even_re + (odd_re * rotation_re - odd_im * rotation_im)
    x_im = even_im + (odd_re * rotation_im + odd_im * rotation_re)
    return np.asarray(x_re * x_re + x_im * x_im, np.float32)


def _halves(values: Samples, half: int) -> tuple[Samples, Samples]:
    """The upper and the lower ends of a stage's butterflies: frames x groups x half each."""
    groups = values.reshape(len(values), -1, 2, half)
    return groups[:, :, 0], groups[:, :, 1]


def _energies(powers: Samples) -> Samples:
    sums = np.zeros((len(powers), BANDS), np.float32)
    for band, (first, weights) in enumerate(_bands()):
        total = sums[:, band]
        for place, weight in enumerate(weights):
            total = total + powers[:, first + place] * weight
        sums[:, band] = total
    return sums


@cache
def _tables() -> tuple[Samples, Samples, Samples]:
    """The window, and exp(-2 pi i k / 1024) for k up to 512."""
    half = [0.54 - 0.46 * math.cos(2 * math.pi * i / (FRAME - 1)) for i in range(FRAME // 2)]
    angles = [2 * math.pi * k / FRAME for k in range(_BINS)]
    re = np.array([math.cos(angle) for angle in angles], np.float32)
    im = np.array([-math.sin(angle) for angle in angles], np.float32)
    re[_POINTS // 2], im[_POINTS // 2], im[_POINTS] = 0, -1, 0
    return np.array([*half, *reversed(half)], np.float32), re, im


@cache
def _bands() -> list[tuple[int, Samples]]:
    """The first bin of each band, and its weights."""
    step = _mel(8000.0) / (BANDS + 1)
    places = [_mel(15.625 * k) for k in range(_BINS)]
    found = []
    for band in range(BANDS):
        low, centre, high = band * step, (band + 1) * step, (band + 2) * step
        weights = [
            (
                k,
                np.float32(
                    min((places[k] - low) / (centre - low), (high - places[k]) / (high - centre))
                ),
            )
            for k in range(1, _BINS)
        ]
        kept = [(k, weight) for k, weight in weights if weight > 0]
        found.append((kept[0][0], np.array([weight for _, weight in kept], np.float32)))
    return found


def _mel(hertz: float) -> float:
    return 1127.0 * math.log(1.0 + hertz / 700.0)


@cache
def _steps(scale: float) -> Samples:
    """The energy beyond which a band is one step more than -128. The reference gives the model
    (int8)(f / scale - 128), cut off towards 0, for f = (10 log10(power) + 52) / 64 in [0, 1].
    """
    values = []
    for value in range(-127, 128):
        share = (128.0 + (value - 1 if value <= 0 else value)) * scale
        level = math.inf if share > 1 else math.pow(10.0, (64.0 * share - 52.0) / 10.0) * _SCALE
        values.append(level)
    return np.array(values, np.float32)
