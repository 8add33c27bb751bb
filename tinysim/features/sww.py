"""Streaming wake word: log-mel energies of half a second and more of sound."""

from functools import cache

import numpy as np

from . import frames
from .frames import Samples

RATE = 16_000
_LENGTH, _STEP, _SIZE, _BANDS = 1024, 512, 1024, 40
_PREEMPHASIS = np.float32(1 - 2**-5)
_LEAST = np.float32(1e-30)


def log_mel(samples: Samples) -> Samples:
    """Frames x 40 energies of samples in [-1, 1] at 16 kHz, a frame each 32 ms: decibels from -52
    to 12 as 0 to 1.
    """
    samples = np.asarray(samples, np.float32)
    before = np.concatenate([np.zeros(1, np.float32), samples[:-1]])
    window, weights = _tables()
    sharper = np.asarray(samples - _PREEMPHASIS * before, np.float32)
    pieces = frames.cut(sharper, _LENGTH, _STEP)
    power = np.square(frames.magnitudes(pieces * window, _SIZE)) * np.float32(1 / _LENGTH)
    energies = np.maximum(power, _LEAST) @ weights
    decibels = np.float32(10) * (np.log(energies) / np.log(np.float32(10)))
    return np.asarray(np.clip((decibels + np.float32(52)) / np.float32(64), 0, 1), np.float32)


@cache
def _tables() -> tuple[Samples, Samples]:
    window = frames.raised_cosine(_LENGTH, 0.54, _LENGTH - 1)
    return window, frames.mel_weights(_BANDS, _SIZE // 2 + 1, RATE, 0.0, RATE / 2)
