"""Anomaly detection: log-mel energies of ten seconds of a machine, as librosa has them."""

import sys
from functools import cache

import numpy as np
from numpy.typing import NDArray

from . import frames
from .frames import Samples

RATE = 16_000
FRAMES, BANDS = 200, 128
_FIRST, _LENGTH, _STEP = 50, 1024, 512
LEAST_SAMPLES = (_FIRST + FRAMES - 1) * _STEP + _LENGTH // 2
"""From which on no frame that is used reaches beyond the end."""


def log_mel(samples: NDArray[np.int16]) -> Samples:
    """200 x 128 energies in decibels, of the frames 50 to 249.

    Raises:
        ValueError: there are not so many frames.

    """
    if samples.ndim != 1 or len(samples) < LEAST_SAMPLES:
        raise ValueError(f"{len(samples)} samples where {LEAST_SAMPLES} are needed")
    sound = samples.astype(np.float32) / np.float32(32768)
    start = _FIRST * _STEP - _LENGTH // 2  # frames are centred
    pieces = frames.cut(sound[start:LEAST_SAMPLES], _LENGTH, _STEP)
    spectrum = np.fft.rfft(_window() * pieces).astype(np.complex64)  # in float64 up to here
    energies = np.square(np.abs(spectrum)) @ _weights().T
    decibels = np.float32(10) * np.log10(energies + np.float32(sys.float_info.epsilon))
    return np.asarray(decibels, np.float32)


@cache
def _window() -> NDArray[np.float64]:
    """Hann's, of one period."""
    angle = 2 * np.pi * np.arange(_LENGTH) / _LENGTH
    return 0.5 - 0.5 * np.cos(angle)


@cache
def _weights() -> Samples:
    """Triangular bands of equal width on Slaney's scale, each of unit area: bands x bins.

    The scale is linear up to 1 kHz, 200 / 3 Hz a mel, and logarithmic above, 6.4 times the
    frequency in 27 mel.
    """
    hertz_a_mel, start, growth = 200 / 3, 1000.0, np.log(6.4) / 27
    highest = start / hertz_a_mel + np.log(RATE / 2 / start) / growth
    mels = np.linspace(0, highest, BANDS + 2)
    above = mels - start / hertz_a_mel
    edges = np.where(above < 0, hertz_a_mel * mels, start * np.exp(growth * above))
    bins = np.linspace(0, RATE / 2, _LENGTH // 2 + 1)
    low, centre, high = (edges[i : i + BANDS, None] for i in range(3))
    rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
    weights = np.maximum(0, np.minimum(rising, falling)) * (2 / (high - low))
    return np.asarray(weights, np.float32)
