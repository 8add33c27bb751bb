"""Which models and data sets are there, where they are from, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks import BENCHMARKS
from ..datasets import find_dataset
from ..divisions import REFERENCES, find_reference
from ..errors import AssetError
from ..models.locate import assets_folder, cache_folder
from ..training.sets import FOLDER
from .prepare import PREPARATIONS


@dataclass(frozen=True)
class Status:
    """One model or data set."""

    what: str
    there: str
    """For a reader; empty where nothing is."""
    origin: str
    missing: str


def find_status() -> Iterator[Status]:
    """Each official model, evaluation set and training set.

    Raises:
        AssetError: `TINYSIM_ASSETS` names no folder.

    """
    for name in REFERENCES:
        yield _model(name)
    for benchmark in BENCHMARKS.values():
        what = f"{benchmark.name}, {benchmark.data_id}"
        try:
            found = find_dataset(benchmark)
        except AssetError as error:
            yield Status(what, "", "", str(error))
            continue
        count = len(found.samples)
        if found.is_seeded:
            yield Status(what, "", "", f"all {benchmark.files} files")
        else:
            left = benchmark.files - count
            missing = f"{left} files" if left > 0 else ""
            yield Status(what, f"{count} of {benchmark.files} files", found.origin, missing)
    roots = [root for root in (assets_folder(), cache_folder()) if root]
    for name in PREPARATIONS:
        yield _training(name, roots)


def _model(name: str) -> Status:
    what = f"{name}, model"
    try:
        found = find_reference(name)
    except AssetError as error:
        return Status(what, "", "", str(error))
    float_file = REFERENCES[name].real
    missing = "" if found.is_float or float_file is None else f"{float_file[0]} (float weights)"
    return Status(what, found.path.name, str(found.path.parent), missing)


def _training(name: str, roots: list[Path]) -> Status:
    what = f"{name}, training"
    for root in roots:
        folder = root / FOLDER / name
        splits = sorted(path.name.removesuffix("-x.npy") for path in folder.glob("*-x.npy"))
        if splits:
            return Status(what, ", ".join(splits), str(folder), "")
    return Status(what, "", "", f"`tinysim data prepare {name}` makes it")
