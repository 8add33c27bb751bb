"""Evaluation inputs, in the official runner's own layout, or seeded ones."""

import random
from dataclasses import dataclass, replace
from pathlib import Path

from .benchmarks import Benchmark, Sample
from .errors import AssetError
from .models.locate import assets_folder, cache_folder


@dataclass(frozen=True)
class Dataset:
    """Inputs with labels. `complete` is false for a part of the official set."""

    samples: tuple[Sample, ...]
    origin: str
    complete: bool
    is_seeded: bool = False

    def first(self, count: int) -> "Dataset":
        """The first `count` files."""
        if count >= len(self.samples):
            return self
        return replace(self, samples=self.samples[:count], complete=False)


_SEEDED_FILES = 10


def find_dataset(benchmark: Benchmark, limit: int | None = None) -> Dataset:
    """The first `limit` files of the data set (default: all that are there).

    Looked for in `$TINYSIM_ASSETS/datasets` and the user's cache; seeded inputs otherwise.

    Raises:
        AssetError: a data set that is there but damaged.

    """
    assets = assets_folder()
    places = [(assets, "TINYSIM_ASSETS")] if assets else []
    for root, origin in [*places, (cache_folder(), "cache")]:
        folder = root / "datasets" / benchmark.model_id
        if (folder / "y_labels.csv").is_file():
            return _read(benchmark, folder, origin, limit)
    return _seeded(benchmark, limit)


def _read(benchmark: Benchmark, folder: Path, origin: str, limit: int | None) -> Dataset:
    labels = folder / "y_labels.csv"
    samples: list[Sample] = []
    missing = False
    for number, row in enumerate(labels.read_text().splitlines(), 1):
        fields = [field.strip() for field in row.split(",")]
        if len(fields) < 3 or not fields[2].isdigit():
            raise AssetError(f"{labels}:{number}: 'file,classes,class' was expected")
        path = folder / fields[0]
        if not path.is_file():
            missing = True
            continue
        if limit is not None and len(samples) >= limit:
            break
        inputs = benchmark.cut(path.read_bytes())
        if not inputs or any(len(data) != benchmark.input_bytes for data in inputs):
            raise AssetError(f"{path}: inputs of {benchmark.input_bytes} bytes were expected")
        samples.append(Sample(fields[0], int(fields[2]), inputs))
    if not samples:
        raise AssetError(f"{folder}: none of the files in y_labels.csv is there")
    whole = benchmark.files == len(samples) and not missing
    return Dataset(tuple(samples), origin, whole)


def _seeded(benchmark: Benchmark, limit: int | None) -> Dataset:
    count = _SEEDED_FILES if limit is None else limit
    samples = []
    for index in range(count):
        generator = random.Random(f"{benchmark.model_id}/{index}")
        data = benchmark.invent(generator, benchmark.input_bytes)
        samples.append(Sample(f"seeded_{index:06d}.bin", 0, (data,)))
    return Dataset(tuple(samples), "seeded", complete=False, is_seeded=True)
