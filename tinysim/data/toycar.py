"""Anomaly detection: the toy car of ToyADMOS, as the DCASE challenge of 2020 published it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ..benchmarks import AD
from ..datasets.wav import read_wav
from ..errors import AssetError
from ..features import ad
from .job import Job
from .raw import visible

_FOLDERS = ("ToyCar", "dev_data/ToyCar", ".")
_ARCHIVES = ("dev_data_ToyCar.zip", "eval_data_train_ToyCar.zip")
"""As the challenge published them: the additional sounds for training are in the second one."""
_PLACE = re.compile(r"(^|/)ToyCar/(train|test)/[^/]+\.wav$")
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
        AssetError: there are no such sounds, or one is no whole sound of 16 kHz.

    """
    sounds = _sounds(job)
    training = [sound for sound in sounds if sound.split == "train"]
    for number, (sound, energies) in enumerate(_energies(job, training, "training")):
        if not sound.file.startswith("normal"):
            raise AssetError(f"{sound.name}: training is on normal sounds alone")
        split = "validation" if number % _VALIDATION == _VALIDATION - 1 else "train"
        job.stage.extend(split, windows(energies))
        if number % _CALIBRATION == 0:
            job.stage.extend("calibration", windows(energies)[::_CALIBRATION])
    tests = {
        PurePosixPath(sound.file).stem + _SUFFIX: sound for sound in sounds if sound.split == "test"
    }
    chosen = tests if job.wanted is None else [file for file in job.wanted if file in tests]
    for sound, energies in _energies(job, [tests[file] for file in chosen], "evaluation"):
        file, label = (
            PurePosixPath(sound.file).stem + _SUFFIX,
            int(sound.file.startswith("anomaly")),
        )
        width, stride = AD.input_bytes, energies[0].nbytes
        row = f"{file},{len(AD.classes)},{label},{width},{stride}"
        job.write_input(AD.model_id, file, energies.astype("<f4").tobytes(), row, label)


def windows(energies: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every five frames behind each other: N x 640."""
    count = len(energies) - _FRAMES + 1
    return np.stack([energies[at : at + _FRAMES].ravel() for at in range(count)])


@dataclass(frozen=True)
class _Sound:
    """A wav file: `train` or `test`, and how to read it."""

    split: str
    file: str
    name: str
    read: Callable[[], bytes]


def _sounds(job: Job) -> list[_Sound]:
    """All of both splits, by their names."""
    found = list(_in_folders(job) or _in_archives(job))
    for split in ("train", "test"):
        if not any(sound.split == split for sound in found):
            raise AssetError(
                f"{job.raw.folder}: has no ToyCar with train and test in it: no wav file in {split}"
            )
    for sound in found:
        if not _NAME.fullmatch(sound.file):
            raise AssetError(f"{sound.name}: its name does not say whether it is normal")
    return sorted(found, key=lambda sound: sound.file)


def _in_folders(job: Job) -> list[_Sound]:
    for name in _FOLDERS:
        folder = job.raw.folder / name
        if (folder / "train").is_dir() and (folder / "test").is_dir():
            return [
                _Sound(split, path.name, str(path), partial(job.raw.content, path))
                for split in ("train", "test")
                for path in visible((folder / split).iterdir())
                if path.suffix == ".wav"
            ]
    return []


def _in_archives(job: Job) -> list[_Sound]:
    return [
        _Sound(PurePosixPath(name).parent.name, PurePosixPath(name).name, name, read)
        for archive in _ARCHIVES
        if (path := job.raw.find(archive))
        for name, read in job.raw.zipped(path, lambda name: bool(_PLACE.search(name)))
    ]


def _energies(
    job: Job, sounds: list[_Sound], what: str
) -> Iterator[tuple[_Sound, NDArray[np.float32]]]:
    read = ((sound.name, sound.read()) for sound in sounds)
    made = job.watched(job.shared(_start, read), what, len(sounds))
    yield from zip(sounds, made, strict=True)


def _start() -> Callable[[tuple[str, bytes]], NDArray[np.float32]]:
    return lambda sound: file_energies(*sound)


def file_energies(name: str, content: bytes) -> NDArray[np.float32]:
    """The energies of a file: 200 x 128.

    Raises:
        AssetError: it is no sound of 16 kHz, or too short.

    """
    try:
        return ad.log_mel(read_wav(content, name))
    except ValueError as error:
        raise AssetError(f"{name}: {error}") from None
