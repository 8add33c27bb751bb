"""Benchmarks that listen: sounds with the windows in which the wake word is said."""

from dataclasses import replace

from .base import Sample

OFFICIAL_SOUND, OFFICIAL_WINDOWS = "long_wav.wav", 50
"""The sound that counts, and how many times the wake word is said in it."""
MOST_WRONG = 8
"""False positives, and false negatives, that the closed division allows there."""
RATE_HZ = 16_000
STRIDE = 512
"""Samples that a frame moves on by."""


def cut(sample: Sample, seconds: float) -> Sample:
    """The beginning of a sound, in whole frames, with the windows that lie in it."""
    size = int(seconds * RATE_HZ) // STRIDE * STRIDE * 4
    sound = sample.inputs[0]
    if len(sound) <= size:
        return sample
    windows = tuple(window for window in sample.windows if window[1] <= seconds)
    return replace(sample, inputs=(sound[:size],), windows=windows)
