"""Training sets with the benchmarks' shapes and nothing to download."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tinysim.training import Recipe

RATE = 16_000


def sounds(count: int, seed: int, classes: int = 12) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Clips of one second: tones, and chirps up and down, a pitch for each two classes."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    time = np.arange(RATE) / RATE
    clips = np.empty((count, RATE), np.int16)
    for clip, label in zip(clips, labels, strict=True):
        pitch = 250 * 1.45 ** (label // 2) * random.uniform(0.97, 1.03)
        bend = (0, pitch)[label % 2] * time**2 / 2
        sound = np.sin(2 * np.pi * (pitch * time + bend) + random.uniform(0, 6))
        sound = random.uniform(0.3, 1) * sound + random.normal(0, 0.03, RATE)
        clip[:] = 32_000 * np.clip(sound, -1, 1)
    return clips, labels.astype(np.int64)


def pictures(
    count: int, seed: int, shape: tuple[int, ...], classes: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Noise with a brighter band at a height that says the class."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    images = random.integers(0, 120, (count, *shape), dtype=np.uint8)
    height = shape[0] // classes
    for image, label in zip(images, labels, strict=True):
        image[label * height : (label + 1) * height] += 120
    return images, labels.astype(np.int64)


def write_set(data: Path, recipe: Recipe, **counts: int) -> Path:
    """A training set of so many examples a split; the folder that `--data` takes."""
    folder = data / "training" / recipe.folder
    folder.mkdir(parents=True)
    for split, count in counts.items():
        seed = sum(split.encode())
        if recipe.is_autoencoder:
            random = np.random.default_rng(seed)
            np.save(folder / f"{split}-x.npy", random.normal(-20, 9, (count, 640)).astype("f4"))
            continue
        examples, labels = (
            sounds(count, seed, len(recipe.classes))
            if recipe.stored == "int16"
            else pictures(count, seed, recipe.stored_shape, len(recipe.classes))
        )
        np.save(folder / f"{split}-x.npy", examples)
        np.save(folder / f"{split}-y.npy", labels)
    if recipe.stored == "int16":
        noise = np.random.default_rng(1).normal(0, 3000, 4 * RATE)
        np.save(folder / "noise.npy", noise.astype(np.int16))
    return data
