"""Anomaly detection: the toy car of ToyADMOS, as the DCASE challenge of 2020 published it."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..benchmarks import AD
from ..errors import AssetError
from ..features import ad
from ..workers import Workers
from .job import Job
from .wav import read_wav

_FOLDERS = ("ToyCar", "dev_data/ToyCar", ".")
_NAME = re.compile(r"(normal|anomaly)_id_\d\d_\d{8}\.wav")
_SUFFIX = "_hist_librosa.bin"
_FRAMES = 5
_VALIDATION = 10
"""Every tenth file is for validation."""
_CALIBRATION = 5
"""Every fifth vector of every fifth file is for calibration, as in the official list."""


def prepare(job: Job) -> None:
    """Five frames of energies at a time from `train`, whole files from `test`.

    Raises:
        AssetError: there are no such folders, or a file is no whole sound of 16 kHz.

    """
    source = _source(job)
    paths = _sounds(source / "train")
    for number, (path, energies) in enumerate(_energies(job, paths, "training")):
        if not path.name.startswith("normal"):
            raise AssetError(f"{path}: training is on normal sounds alone")
        split = "validation" if number % _VALIDATION == _VALIDATION - 1 else "train"
        job.stage.extend(split, windows(energies))
        if number % _CALIBRATION == 0:
            job.stage.extend("calibration", windows(energies)[::_CALIBRATION])
    tests = {path.stem + _SUFFIX: path for path in _sounds(source / "test")}
    chosen = tests if job.wanted is None else [file for file in job.wanted if file in tests]
    for path, energies in _energies(job, [tests[file] for file in chosen], "evaluation"):
        file, label = path.stem + _SUFFIX, int(path.name.startswith("anomaly"))
        width, stride = AD.input_bytes, energies[0].nbytes
        row = f"{file},{len(AD.classes)},{label},{width},{stride}"
        job.write_input(AD.model_id, file, energies.astype("<f4").tobytes(), row, label)


def windows(energies: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every five frames behind each other: N x 640."""
    count = len(energies) - _FRAMES + 1
    return np.stack([energies[at : at + _FRAMES].ravel() for at in range(count)])


def _source(job: Job) -> Path:
    for name in _FOLDERS:
        folder = job.raw.folder / name
        if (folder / "train").is_dir() and (folder / "test").is_dir():
            return folder
    raise AssetError(f"{job.raw.folder}: has no ToyCar with train and test in it")


def _sounds(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix == ".wav")
    if not found:
        raise AssetError(f"{folder}: has no wav file")
    for path in found:
        if not _NAME.fullmatch(path.name):
            raise AssetError(f"{path}: its name does not say whether it is normal or an anomaly")
    return found


def _energies(job: Job, paths: list[Path], what: str) -> Iterator[tuple[Path, NDArray[np.float32]]]:
    for path in paths:
        job.raw.content(path)
    with Workers(min(job.jobs, len(paths)) or 1, _start, ()) as workers:
        yield from zip(paths, job.watched(workers.map(paths), what), strict=True)


def _start():  # type: ignore[no-untyped-def]
    return file_energies


def file_energies(path: Path) -> NDArray[np.float32]:
    """The energies of a file: 200 x 128.

    Raises:
        AssetError: it is no sound of 16 kHz, or too short.

    """
    try:
        return ad.log_mel(read_wav(path.read_bytes(), str(path)))
    except ValueError as error:
        raise AssetError(f"{path}: {error}") from None
