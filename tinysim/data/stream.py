"""A long sound for the streaming wake word: words among others, over noise."""

import io
import json
import wave
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..datasets.wav import RATE

SOUND, TRUTH = "long_wav.wav", "sww_long_test.json"
"""As the official runner's files are called."""
MOST_WORDS = 50
"""As often the wake word is said in the official sound, of 20 minutes."""
MOST_OTHERS = 3 * MOST_WORDS
_PART_S = 24
"""Of the sound for each wake word; it is said in the first half, others in the second."""
_LOUD, _NOISE = 8000.0, 400.0
"""Of a word's peak, and of the noise's deviation."""
_AUDIBLE = 0.1
"""Of a word's peak: where it begins and ends."""


def make_stream(
    words: Sequence[NDArray[np.int16]],
    others: Sequence[NDArray[np.int16]],
    noise: NDArray[np.int16],
) -> tuple[bytes, str]:
    """A wav file with every wake word once, and the official runner's list with the windows in
    which they are said, in seconds. The same clips give the same sound.
    """
    generator = np.random.default_rng(len(words))
    part = _PART_S * RATE
    sound = _background(noise, len(words) * part, generator)
    windows = []
    for number, clip in enumerate(words):
        place = number * part + int(generator.integers(part // 2 - len(clip)))
        first, last = _add(sound, clip, place)
        windows.append([round(first / RATE, 6), round(last / RATE, 6)])
        for index in range(3 * number, min(3 * number + 3, len(others))):
            slot = part // 2 + (index % 3) * (part // 6)
            _add(sound, others[index], number * part + slot)
    left = np.clip(np.round(sound), -32768, 32767).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.repeat(left, 2).tobytes())
    truth = [
        {
            "wav_file": SOUND,
            "sample_rate": RATE,
            "length_sec": len(left) / RATE,
            "detection_windows": windows,
        }
    ]
    return content.getvalue(), json.dumps(truth, indent=1) + "\n"


def _background(
    noise: NDArray[np.int16], length: int, generator: np.random.Generator
) -> NDArray[np.float32]:
    """Noise again and again from another place, all of it as loud."""
    if len(noise) < RATE or not noise.any():
        return generator.normal(0, _NOISE / 4, length).astype(np.float32)
    offset = int(generator.integers(len(noise)))
    repeated = np.resize(np.roll(noise, -offset), length).astype(np.float32)
    return np.asarray(repeated * np.float32(_NOISE / max(1.0, float(noise.std()))), np.float32)


def _add(sound: NDArray[np.float32], clip: NDArray[np.int16], place: int) -> tuple[int, int]:
    """Where what can be heard of the clip begins and ends in the sound."""
    top = max(1, int(np.abs(clip.astype(np.int32)).max()))
    sound[place : place + len(clip)] += clip * np.float32(_LOUD / top)
    audible = np.flatnonzero(np.abs(clip.astype(np.int32)) > _AUDIBLE * top)
    if not len(audible):
        return place, place + len(clip)
    return place + int(audible[0]), place + int(audible[-1]) + 1
