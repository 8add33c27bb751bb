"""Where data sets lie."""

from pathlib import Path

from ..benchmarks import Benchmark
from ..models.locate import assets_folder, cache_folder
from .dataset import Dataset
from .labelled import read_labelled, seed_files
from .sounds import read_sounds, seed_noise


def find_dataset(benchmark: Benchmark, limit: int | None = None) -> Dataset:
    """The first `limit` files of the data set (default: all that are there).

    Looked for in `$TINYSIM_ASSETS/datasets` and the user's cache; seeded inputs otherwise.

    Raises:
        AssetError: a data set that is there but damaged, or `TINYSIM_ASSETS` names no folder.
        StorageError: one of its files cannot be read.

    """
    found = find_folder(benchmark)
    if found:
        return read_dataset(benchmark, *found, limit)
    return (seed_noise if benchmark.dialogue.listens else seed_files)(benchmark, limit)


def read_dataset(
    benchmark: Benchmark, folder: Path, origin: str, limit: int | None = None
) -> Dataset:
    """The first `limit` files of the data set in a folder, laid out as the official runner has it.

    Raises:
        AssetError: it is damaged, or none of its files is there.
        StorageError: a file cannot be read.

    """
    read = read_sounds if benchmark.dialogue.listens else read_labelled
    return read(benchmark, folder, origin, limit)


def find_folder(benchmark: Benchmark) -> tuple[Path, str] | None:
    """Where the data set lies, and whose folder that is.

    Raises:
        AssetError: `TINYSIM_ASSETS` names no folder.

    """
    assets = assets_folder()
    places = [(assets, "TINYSIM_ASSETS")] if assets else []
    for root, origin in [*places, (cache_folder(), "cache")]:
        folder = root / "datasets" / benchmark.data_id
        if folder.is_dir():
            return folder, origin
    return None
