"""Tones and chirps in place of spoken words."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tinysim.benchmarks import KWS
from tinysim.features.kws import RATE, as_input, mfcc

SPLITS = {"train": 480, "validation": 60, "test": 120}
"""Examples; every class has as many."""


def make_sounds(count: int, seed: int) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Clips (count x 16000) and their classes: six pitches, each steady or rising, in noise."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % len(KWS.classes)
    time = np.arange(RATE) / RATE
    clips = np.empty((count, RATE), np.int16)
    for clip, label in zip(clips, labels, strict=True):
        pitch = 250 * 1.5 ** (label // 2) * random.uniform(0.95, 1.05)
        rise = pitch * (label % 2) * time**2 / 2
        sound = np.sin(2 * np.pi * (pitch * time + rise) + random.uniform(0, 6))
        sound = random.uniform(0.2, 0.9) * sound + random.normal(0, 0.05, RATE)
        clip[:] = 32_767 * np.clip(sound, -1, 1)
    return clips, labels.astype(np.int64)


def write_sets(data: Path) -> None:
    """The training set and, out of its test split, the official runner's files."""
    training, evaluation = data / "training" / "kws", data / "datasets" / KWS.model_id
    training.mkdir(parents=True)
    evaluation.mkdir(parents=True)
    for seed, (split, count) in enumerate(SPLITS.items()):
        clips, labels = make_sounds(count, seed)
        np.save(training / f"{split}-x.npy", clips)
        np.save(training / f"{split}-y.npy", labels)
    np.save(training / "calibration-x.npy", make_sounds(48, 9)[0])
    rows = []
    for number, (clip, label) in enumerate(zip(clips, labels, strict=True)):
        file = f"tst_{number:06d}_{KWS.classes[label]}_{label}.bin"
        (evaluation / file).write_bytes(as_input(mfcc(clip)).tobytes())
        rows.append(f"{file},{len(KWS.classes)},{label}\n")
    (evaluation / "y_labels.csv").write_text("".join(rows))
