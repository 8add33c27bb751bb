"""The long sound for the streaming wake word."""

import io
import json
import wave

import numpy as np
from numpy.typing import NDArray

from tinysim.data.stream import SOUND, make_stream

_RATE = 16_000


def _word(frequency: float, first: int, length: int) -> NDArray[np.int16]:
    """A tone within a clip of a second."""
    clip = np.zeros(_RATE, np.int16)
    angles = 2 * np.pi * frequency * np.arange(length) / _RATE
    clip[first : first + length] = (3000 * np.cos(angles)).astype(np.int16)
    return clip


def _share(sound: NDArray[np.int16], frequency: float) -> float:
    """How much of a sound's energy is at a frequency."""
    powers = np.abs(np.fft.rfft(sound.astype(float))) ** 2
    at = round(frequency * len(sound) / _RATE)
    return float(powers[at - 20 : at + 21].sum() / powers.sum())


def test_every_word_is_said_in_its_window_and_the_others_outside() -> None:
    words = [_word(1000, 2000, 8000), _word(1000, 0, 12_000)]
    others = [_word(3000, 0, 16_000)] * 6
    noise = np.random.default_rng(1).normal(0, 50, 5 * _RATE).astype(np.int16)
    content, truth = make_stream(words, others, noise)
    (entry,) = json.loads(truth)
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, _RATE, 2)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert np.array_equal(frames[:, 0], frames[:, 1])
    assert (entry["wav_file"], entry["length_sec"]) == (SOUND, len(frames) / _RATE)
    windows = [[round(t * _RATE) for t in window] for window in entry["detection_windows"]]
    assert [end - start for start, end in windows] == [8000, 12_000]
    left = frames[:, 0]
    for start, end in windows:
        assert _share(left[start:end], 1000) > 0.9
        assert _share(left[start - 8000 : start], 1000) < 0.1
        left = np.concatenate([left[:start], np.zeros(end - start, np.int16), left[end:]])
    assert _share(left, 1000) < 0.01 and _share(left, 3000) > 0.5
    assert make_stream(words, others, noise) == (content, truth)
