"""The streaming wake word's features as the firmware computes them, beside the reference's."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tinysim.datasets import read_sound
from tinysim.features import sww, sww_firmware

_SCALE = float(np.float32(0.0037010426167398691))
"""Of the official model's input."""


def _reference(samples: NDArray[np.int16]) -> NDArray[np.int8]:
    """The reference's energies as it quantizes them, but for what is too loud for a byte."""
    before = np.zeros(sww_firmware.STRIDE)
    energies = sww.log_mel(np.concatenate([before, samples / 32768.0]).astype(np.float32))
    found: NDArray[np.float32] = np.trunc(energies / np.float32(_SCALE) - 128).clip(-128, 127)
    return found.astype(np.int8)


def _noise(loudness: float) -> NDArray[np.int16]:
    noise = np.random.default_rng(7).normal(0, loudness, 80_000)
    return np.clip(noise, -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("loudness", [3, 30, 300, 3000, 30_000])
def test_noise_of_any_loudness_gives_the_references_bytes(loudness: float) -> None:
    samples = _noise(loudness)
    ours, theirs = sww_firmware.features(samples, _SCALE), _reference(samples)
    assert ours.shape == theirs.shape == (len(samples) // 512, 40)
    different = np.abs(ours.astype(int) - theirs)
    assert different.max() <= 1
    assert np.count_nonzero(different) <= ours.size // 1000


def test_the_official_sound_differs_from_the_reference_in_one_byte(assets: Path) -> None:
    sound = np.frombuffer(
        read_sound(assets / "datasets" / "sww01" / "short_wav_easy10s.wav").inputs[0], "<i2"
    )[::2]
    ours, theirs = sww_firmware.features(sound, _SCALE), _reference(sound)
    different = np.abs(ours.astype(int) - theirs)
    assert ours.size == 12_480
    assert [int(value) for value in different[different > 0]] == [1]


def test_the_model_is_given_zeros_for_frames_that_were_not_heard() -> None:
    frames = np.arange(1, 121, dtype=np.int8).reshape(3, 40)
    given = sww_firmware.inputs(frames)
    assert given.shape == (3, 30, 40)
    for number in range(3):
        assert np.array_equal(given[number, 29 - number :], frames[: number + 1])
        assert not given[number, : 29 - number].any()
