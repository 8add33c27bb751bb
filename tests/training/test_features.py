"""Our features against the libraries that the reference computes them with."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tinysim.features import ad, kws, sww
from tinysim.training import find_recipe

tf = pytest.importorskip("tensorflow", reason="the extra `train` is not installed")

RATE = 16_000
_TIME = np.arange(RATE) / RATE


def _tone(pitch: float, loudness: float = 0.8) -> NDArray[np.int16]:
    return (32767 * loudness * np.sin(2 * np.pi * pitch * _TIME)).astype(np.int16)


def _noise(loudness: float, seed: int = 0, length: int = RATE) -> NDArray[np.int16]:
    sound = np.random.default_rng(seed).normal(0, loudness, length)
    return (32767 * np.clip(sound, -1, 1)).astype(np.int16)


def _speech_like(seed: int) -> NDArray[np.int16]:
    """A chirp with overtones that swells and fades in some noise."""
    random = np.random.default_rng(seed)
    phase = 2 * np.pi * (random.uniform(80, 300) * _TIME + random.uniform(-60, 60) * _TIME**2)
    tones = sum(np.sin(k * phase) / k for k in range(1, 12))
    shape = np.exp(-0.5 * ((_TIME - random.uniform(0.3, 0.7)) / 0.15) ** 2)
    sound = random.uniform(0.02, 0.3) * tones * shape + random.normal(0, 0.002, RATE)
    return (32767 * np.clip(sound, -1, 1)).astype(np.int16)


SOUNDS = {
    **{f"tone of {pitch} Hz": _tone(pitch) for pitch in (50, 440, 1000, 3999, 7900)},
    "soft tone": _tone(300, 0.001),
    "silence": np.zeros(RATE, np.int16),
    "noise": _noise(0.2),
    "clipped noise": _noise(3.0),
    "clipped tone": np.clip(_tone(500).astype(int) * 3, -32768, 32767).astype(np.int16),
    "short": _noise(0.1)[:4321],
    "one sample": np.array([12_345], np.int16),
    "nothing": np.zeros(0, np.int16),
    **{f"like speech {seed}": _speech_like(seed) for seed in range(40)},
}


def by_tensorflow(clip: NDArray[np.int16]) -> NDArray[np.float32]:
    """As the reference: scaled by the largest sample, filled up, and through `tf.signal`."""
    samples = clip.astype(np.float32)
    if len(clip) and samples.max() > 0:
        samples /= samples.max()
    padded = tf.constant(np.pad(samples, (0, RATE - len(clip)))[None])
    spectrum = tf.abs(tf.signal.stft(padded, 480, 320))
    weights = tf.signal.linear_to_mel_weight_matrix(40, 257, RATE, 20.0, 4000.0)
    logs = tf.math.log(tf.tensordot(spectrum, weights, 1) + 1e-6)
    found = tf.signal.mfccs_from_log_mel_spectrograms(logs)[0, :, :10]
    return np.asarray(found)


@pytest.mark.parametrize("name", SOUNDS)
def test_mfcc_are_tensorflows_to_the_last_step(name: str) -> None:
    ours, theirs = kws.mfcc(SOUNDS[name]), by_tensorflow(SOUNDS[name])
    # The reference's rule: to whole steps, towards zero.
    steps = np.array(theirs / np.float32(0.58470291) + np.float32(83), dtype=np.int8)
    assert np.array_equal(kws.as_input(ours), steps)


def test_training_sees_what_the_board_sees() -> None:
    clips = np.stack([clip for clip in SOUNDS.values() if len(clip) == RATE])
    batch = np.asarray(find_recipe("kws").inputs(tf.constant(clips, tf.float32)))[..., 0]
    ours = np.stack([kws.mfcc(clip) for clip in clips])
    assert np.abs(batch - ours).max() < 0.1 * kws.SCALE


@pytest.mark.parametrize("name", [n for n, clip in SOUNDS.items() if len(clip) == RATE])
def test_the_wake_words_energies_are_tensorflows(name: str) -> None:
    from tinysim.training.recipes.sww import log_mel

    samples = SOUNDS[name].astype(np.float32) / 32768
    theirs = np.asarray(log_mel(tf.constant(samples[None])))[0, :, 0]
    ours = sww.log_mel(samples)
    assert ours.shape == (30, 40)
    assert np.abs(ours - theirs).max() < 1e-5


def _long(clip: NDArray[np.int16]) -> NDArray[np.int16]:
    return np.resize(clip, 11 * RATE)


@pytest.mark.parametrize("name", [n for n, clip in SOUNDS.items() if len(clip) == RATE][:14])
def test_a_machines_energies_are_librosas(name: str) -> None:
    """To a ten thousandth of a decibel, in all that the reference uses of a file."""
    librosa = pytest.importorskip("librosa", reason="the extra `test-train` is not installed")
    samples = _long(SOUNDS[name])
    sound = samples.astype(np.float32) / 32768
    mel = librosa.feature.melspectrogram(
        y=sound, sr=RATE, n_fft=1024, hop_length=512, n_mels=128, power=2.0
    )
    theirs = (20.0 / 2.0 * np.log10(mel + np.finfo(float).eps))[:, 50:250].T
    ours = ad.log_mel(samples)
    assert ours.shape == (200, 128)
    assert np.abs(ours - theirs).max() < 1e-4


def test_what_is_too_long_or_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="16001 samples"):
        kws.mfcc(np.zeros(RATE + 1, np.int16))
    assert ad.log_mel(np.ones(ad.LEAST_SAMPLES, np.int16)).shape == (200, 128)
    with pytest.raises(ValueError, match="are needed"):
        ad.log_mel(np.ones(ad.LEAST_SAMPLES - 1, np.int16))
