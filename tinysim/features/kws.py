"""Keyword spotting: mel-frequency cepstral coefficients of a second of sound."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from . import frames
from .frames import Samples

RATE = 16_000
FRAMES, COEFFICIENTS = 49, 10
SCALE, ZERO_POINT = np.float32(0.58470291), np.float32(83)
"""Of the official model's input."""
_LENGTH, _STEP, _SIZE, _BANDS = 480, 320, 512, 40
_LEAST = np.float32(1e-6)


def mfcc(clip: NDArray[np.int16]) -> Samples:
    """49 x 10 coefficients of a clip at 16 kHz, filled up with silence to a second.

    The largest sample is scaled to 1; a clip without a sample above zero stays what it is.

    Raises:
        ValueError: the clip is longer than a second.

    """
    if clip.ndim != 1 or len(clip) > RATE:
        raise ValueError(f"{len(clip)} samples where a clip has {RATE} at most")
    samples = clip.astype(np.float32)
    if len(clip) and (top := samples.max()) > 0:
        samples = samples / top
    samples = np.pad(samples, (0, RATE - len(clip)))
    window, weights = _tables()
    spectrum = frames.magnitudes(frames.cut(samples, _LENGTH, _STEP) * window, _SIZE)
    logs = np.log(spectrum @ weights + _LEAST)
    turned = frames.cosine_transform(logs) * np.float32(1 / np.sqrt(2 * _BANDS))
    return turned[:, :COEFFICIENTS].astype(np.float32)


def as_input(coefficients: Samples) -> NDArray[np.int8]:
    """As the official files have them: divided by the scale, moved by the zero point, and cut off
    towards zero. What is beyond int8, as loud noise can be, wraps around, as it does there.
    """
    return (coefficients / SCALE + ZERO_POINT).astype(np.int32).astype(np.int8)


@cache
def _tables() -> tuple[Samples, Samples]:
    window = frames.raised_cosine(_LENGTH, 0.5, _LENGTH)
    return window, frames.mel_weights(_BANDS, _SIZE // 2 + 1, RATE, 20.0, 4000.0)
